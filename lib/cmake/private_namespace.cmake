# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# cmake -DLIB=lib/ -DOUT=private_namespace.h -P private_namespace.cmake
#
# The functions that the headers of lib/ declare get a prefix, so that the static library can be linked into
# a program that has a memory_free of its own; the source keeps the short names. The check "archive" tells
# when a global was missed.
file(GLOB_RECURSE headers RELATIVE ${LIB} ${LIB}/*.h)
list(SORT headers)
set(names)
foreach(header IN LISTS headers)
  file(STRINGS ${LIB}/${header} lines REGEX "^[A-Za-z].*[ *][a-z][a-z0-9_]*\\(")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^(static|typedef|return) " AND line MATCHES "^[^(]*[ *]([a-z][a-z0-9_]*)\\(")
      list(APPEND names ${CMAKE_MATCH_1})
    endif()
  endforeach()
  file(STRINGS ${LIB}/${header} lines REGEX "^extern .*[ *][a-z][a-z0-9_]*([[].*)?;")
  foreach(line IN LISTS lines)
    if(line MATCHES "^extern .*[ *]([a-z][a-z0-9_]*)([[;].*)?$")
      list(APPEND names ${CMAKE_MATCH_1})
    endif()
  endforeach()
endforeach()
list(REMOVE_DUPLICATES names)
list(SORT names)
set(text "/* Made by lib/cmake/private_namespace.cmake. */\n")
foreach(name IN LISTS names)
  if(NOT name MATCHES "^wfpw")
    string(APPEND text "#define ${name} wfpw__${name}\n")
  endif()
endforeach()
set(before)
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUT} "${text}")
endif()
