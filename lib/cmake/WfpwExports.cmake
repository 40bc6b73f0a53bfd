# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# wfpw_exports(target FILE.sym): the shared library exports the names in the list and nothing else.
# The version script and the .def are made from the list when CMake runs.
function(wfpw_exports target list)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
  file(STRINGS ${list} names REGEX "^[a-z]")
  list(JOIN names ";\n    " map_names)
  list(JOIN names "\n    " def_names)
  set(map ${CMAKE_CURRENT_BINARY_DIR}/${target}.map)
  set(def ${CMAKE_CURRENT_BINARY_DIR}/${target}.def)
  file(CONFIGURE OUTPUT ${map} CONTENT "WFPWATCH_0 {\n  global:\n    ${map_names};\n  local: *;\n};\n")
  file(CONFIGURE OUTPUT ${def} CONTENT "EXPORTS\n    ${def_names}\n")
  if(WIN32)
    target_sources(${target} PRIVATE ${def})
  else()
    target_link_options(${target} PRIVATE -Wl,--version-script=${map})
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${map})
  endif()
endfunction()
