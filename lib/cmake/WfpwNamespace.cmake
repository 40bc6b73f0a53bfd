# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# wfpw_namespace(target): compiles with the prefix that private_namespace.cmake gives to what the library's
# headers declare. For the library and for whatever calls its inside.
set(WFPW_NAMESPACE ${PROJECT_BINARY_DIR}/private_namespace.h)
file(GLOB_RECURSE wfpw_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/*.h)
add_custom_command(OUTPUT ${WFPW_NAMESPACE}
  COMMAND ${CMAKE_COMMAND} -DLIB=${PROJECT_SOURCE_DIR}/lib -DOUT=${WFPW_NAMESPACE}
    -P ${PROJECT_SOURCE_DIR}/lib/cmake/private_namespace.cmake
  DEPENDS ${wfpw_headers} ${PROJECT_SOURCE_DIR}/lib/cmake/private_namespace.cmake
  COMMENT "Naming what the static library keeps to itself" VERBATIM)
add_custom_target(wfpwatch_namespace DEPENDS ${WFPW_NAMESPACE})

function(wfpw_namespace target)
  add_dependencies(${target} wfpwatch_namespace)
  if(MSVC)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C>:/FI${WFPW_NAMESPACE}>)
  else()
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:C>:SHELL:-include ${WFPW_NAMESPACE}>")
  endif()
endfunction()
