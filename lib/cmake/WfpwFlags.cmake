# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# wfpw_flags(target): warnings, hardening and sanitizers, for every target of the project.
function(wfpw_flags target)
  if(MSVC)
    # The runtime's own unsafe-looking functions (fopen, getenv) are used with care; text is UTF-8.
    target_compile_definitions(${target} PRIVATE _CRT_SECURE_NO_WARNINGS _CRT_NONSTDC_NO_WARNINGS)
    target_compile_options(${target} PRIVATE /W4 /utf-8 /sdl /guard:cf
      $<$<BOOL:${WFPW_WERROR}>:/WX>)
    target_link_options(${target} PRIVATE /guard:cf /DYNAMICBASE /NXCOMPAT
      $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},AMD64>:/CETCOMPAT>)
    return()
  endif()
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wformat=2 $<$<BOOL:${WFPW_WERROR}>:-Werror>
    -fstack-protector-strong -fno-strict-overflow)
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i[3-6]86)$")
    # Structs of a few hundred bytes in plain stores: rep stos, which is shorter, takes longer to begin than they take.
    set(stores "unrolled_loop:512:noalign,libcall:-1:noalign")
    target_compile_options(${target} PRIVATE -mmemset-strategy=${stores} -mmemcpy-strategy=${stores})
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "Release") # the same bytes wherever it is built (packaging/reproduce)
    target_compile_options(${target} PRIVATE -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.
      -ffile-prefix-map=${PROJECT_BINARY_DIR}=build) # the last one that fits is taken
  endif()
  if(WFPW_PROFILE AND NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
    message(FATAL_ERROR "WFPW_PROFILE is for GCC")
  elseif(WFPW_PROFILE STREQUAL "make")
    target_compile_options(${target} PRIVATE -fprofile-generate)
    target_link_options(${target} PRIVATE -fprofile-generate)
  elseif(WFPW_PROFILE STREQUAL "use") # what no sample came to is built as without a profile
    # Across files, too; the static library stays one for any linker.
    target_compile_options(${target} PRIVATE -fprofile-use -fprofile-partial-training -Wno-missing-profile
      -flto=auto -ffat-lto-objects)
    target_link_options(${target} PRIVATE -flto=auto)
  elseif(WFPW_PROFILE)
    message(FATAL_ERROR "WFPW_PROFILE is make or use, not ${WFPW_PROFILE}")
  endif()
  if(WFPW_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${WFPW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${WFPW_SANITIZE})
  elseif(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_definitions(${target} PRIVATE _FORTIFY_SOURCE=2)
  endif()
  if(WIN32) # the protector is in a library of its own
    target_compile_definitions(${target} PRIVATE _WIN32_WINNT=0x0601) # Windows 7
    target_link_options(${target} PRIVATE -fstack-protector-strong -Wl,--dynamicbase,--nxcompat)
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU") # GNU's linker writes the time unless told not to, and lld knows no such option
      target_link_options(${target} PRIVATE -Wl,--no-insert-timestamp)
    endif()
  endif()
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    target_compile_options(${target} PRIVATE -fstack-clash-protection)
    target_link_options(${target} PRIVATE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
  endif()
endfunction()
