# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# wfpw_bundle(target): the static library has in it what it needs of zlib, expat and, with mingw-w64, the
# stack protector's library, so that whoever links it needs nothing but what every tool chain has.
function(wfpw_bundle target)
  set(archives)
  foreach(library IN LISTS file_libraries)
    wfpw_archive_of(${library} archive)
    list(APPEND archives ${archive})
  endforeach()
  if(MINGW)
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libssp.a
      OUTPUT_VARIABLE ssp OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(EXISTS ${ssp})
      list(APPEND archives ${ssp})
    endif()
  endif()
  set(script ${CMAKE_CURRENT_BINARY_DIR}/bundle.mri)
  list(TRANSFORM archives PREPEND "ADDLIB " OUTPUT_VARIABLE lines)
  list(JOIN lines "\n" lines)
  # ar's scripts know no quotes, so all of it happens in the folder, under a name without blanks.
  file(CONFIGURE OUTPUT ${script} CONTENT "CREATE bundle.a\nADDLIB bundled.a\n${lines}\nSAVE\nEND\n")
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E rename $<TARGET_FILE:${target}> ${CMAKE_CURRENT_BINARY_DIR}/bundled.a
    COMMAND ${CMAKE_AR} -M <${script}
    COMMAND ${CMAKE_COMMAND} -E rename ${CMAKE_CURRENT_BINARY_DIR}/bundle.a $<TARGET_FILE:${target}>
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

# wfpw_archive_of(TARGET VARIABLE): the file of an imported static library.
function(wfpw_archive_of library variable)
  foreach(property IN ITEMS IMPORTED_LOCATION IMPORTED_LOCATION_RELEASE IMPORTED_LOCATION_NOCONFIG)
    get_target_property(file ${library} ${property})
    if(file MATCHES "\\.(a|lib)$")
      set(${variable} ${file} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "WFPW_BUNDLE needs ${library} as a static library (ZLIB_LIBRARY, EXPAT_LIBRARY)")
endfunction()
