# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# What is in the build, as SPDX and CycloneDX, made by the build and installed with it; and the licences.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(NOT Python3_FOUND)
  message(STATUS "no Python: no SBOM is made")
  return()
endif()
set(parts --inside uthash=${PROJECT_BINARY_DIR}/uthash/uthash.h)
if(WFPW_FILES)
  set(linked --beside)
  if(WFPW_BUNDLE OR MINGW OR SKBUILD) # what a wheel has not inside, auditwheel puts there
    set(linked --inside)
  endif()
  foreach(pair IN ITEMS zlib:ZLIB:zlib.h expat:EXPAT:expat.h)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 name)
    list(GET pair 1 package)
    list(GET pair 2 header)
    find_file(WFPW_${package}_HEADER ${header} HINTS ${${package}_INCLUDE_DIRS} ${${package}_INCLUDE_DIR})
    mark_as_advanced(WFPW_${package}_HEADER)
    list(APPEND parts ${linked} ${name}=${WFPW_${package}_HEADER})
  endforeach()
endif()
if(MINGW)
  file(WRITE ${PROJECT_BINARY_DIR}/mingw_version.c "#include <_mingw.h>\nis __MINGW64_VERSION_MAJOR __MINGW64_VERSION_MINOR\n")
  separate_arguments(compiler_arguments UNIX_COMMAND "${CMAKE_C_COMPILER_ARG1}")
  execute_process(COMMAND ${CMAKE_C_COMPILER} ${compiler_arguments} -E ${PROJECT_BINARY_DIR}/mingw_version.c
    OUTPUT_VARIABLE mingw_version)
  string(REGEX MATCH "([0-9]+) ([0-9]+)[ \n]*$" mingw_version "${mingw_version}")
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND parts --inside gcc=${CMAKE_C_COMPILER_VERSION})
  endif()
  list(APPEND parts --inside mingw-w64=${CMAKE_MATCH_1}.${CMAKE_MATCH_2})
endif()
set(sbom ${PROJECT_BINARY_DIR}/sbom)
add_custom_command(OUTPUT ${sbom}/wfpwatch.spdx.json ${sbom}/wfpwatch.cdx.json ${sbom}/third-party-licences.txt
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/packaging/sbom ${parts} --version ${PROJECT_VERSION} ${sbom}
  DEPENDS ${PROJECT_SOURCE_DIR}/packaging/sbom VERBATIM)
add_custom_target(wfpwatch_sbom ALL DEPENDS ${sbom}/wfpwatch.spdx.json)
install(DIRECTORY ${sbom}/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)
if(SKBUILD)
  install(FILES ${sbom}/third-party-licences.txt ${PROJECT_SOURCE_DIR}/LICENSE
    DESTINATION ${SKBUILD_METADATA_DIR}/licenses COMPONENT python)
endif()
