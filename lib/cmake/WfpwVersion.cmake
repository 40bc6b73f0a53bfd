# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# wfpw_version(target DESCRIPTION): a version resource, so that Explorer, installers and crash reports
# can tell what file it is. Windows only.
set(WFPW_VERSION_IN ${CMAKE_CURRENT_LIST_DIR}/version.rc.in)
function(wfpw_version target description)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set(file_type 1)
    set(suffix ${CMAKE_EXECUTABLE_SUFFIX})
  else()
    set(file_type 2)
    set(suffix ${CMAKE_SHARED_LIBRARY_SUFFIX})
  endif()
  get_target_property(name ${target} OUTPUT_NAME)
  if(NOT name)
    set(name ${target})
  endif()
  set(file_name ${name}${suffix})
  string(REPLACE "." "," version_numbers ${PROJECT_VERSION},0)
  set(rc ${CMAKE_CURRENT_BINARY_DIR}/${target}.rc)
  configure_file(${WFPW_VERSION_IN} ${rc} @ONLY)
  target_sources(${target} PRIVATE ${rc})
endfunction()
