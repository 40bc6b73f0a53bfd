# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# wfpw_flags(target): warnings, hardening and sanitizers, for every target of the project.
function(wfpw_flags target)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /guard:cf $<$<BOOL:${WFPW_WERROR}>:/WX>)
    return()
  endif()
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wformat=2 $<$<BOOL:${WFPW_WERROR}>:-Werror>
    -fstack-protector-strong -fno-strict-overflow)
  if(WFPW_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${WFPW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${WFPW_SANITIZE})
  elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_definitions(${target} PRIVATE _FORTIFY_SOURCE=2)
  endif()
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    target_compile_options(${target} PRIVATE -fstack-clash-protection)
    target_link_options(${target} PRIVATE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
  endif()
endfunction()
