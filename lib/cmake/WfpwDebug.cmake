# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# wfpw_debug(target COMPONENT): with WFPW_SEPARATE_DEBUG, what debuggers need lies in NAME.debug beside the
# linked file, which is stripped and names it. -p, as otherwise the time would be put into each.
function(wfpw_debug target component)
  if(NOT WFPW_SEPARATE_DEBUG)
    return()
  endif()
  set(file $<TARGET_FILE:${target}>)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_OBJCOPY} -p --only-keep-debug ${file} ${file}.debug
    COMMAND ${CMAKE_STRIP} -p --strip-all ${file}
    COMMAND ${CMAKE_OBJCOPY} -p --add-gnu-debuglink=${file}.debug ${file} VERBATIM)
  if(WFPW_INSTALL)
    install(FILES ${file}.debug DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${component} OPTIONAL)
  endif()
endfunction()
