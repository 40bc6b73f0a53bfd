# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# Toolchain: programs for Windows, or for Linux with glibc 2.17 and later, made with clang and lld, as the package ziglang
# has them. WFPW_ZIG: that program; WFPW_ZIG_SYSTEM: Windows or Linux; WFPW_ZIG_ARCH: x86_64, i686 or aarch64. zlib, expat
# and cmocka are those of `tests/windows/libraries --zig` (for Linux with --linux).
set(WFPW_ZIG zig CACHE FILEPATH "The program of the package ziglang")
set(WFPW_ZIG_SYSTEM Windows CACHE STRING "Windows or Linux")
set(WFPW_ZIG_ARCH x86_64 CACHE STRING "x86_64, i686 or aarch64")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WFPW_ZIG WFPW_ZIG_SYSTEM WFPW_ZIG_ARCH)
set(CMAKE_SYSTEM_NAME ${WFPW_ZIG_SYSTEM})
set(CMAKE_SYSTEM_PROCESSOR ${WFPW_ZIG_ARCH})
string(REPLACE i686 x86 zig_arch ${WFPW_ZIG_ARCH})
if(WFPW_ZIG_SYSTEM STREQUAL Windows)
  # _WIN32_WINNT is defined by the target: without its version as that of Windows 10.
  set(zig_target -target ${zig_arch}-windows.win7-gnu)
  set(libraries_name windows/zig-${WFPW_ZIG_ARCH})
else()
  set(zig_target -target ${zig_arch}-linux-gnu.2.17) # what manylinux2014 stands for
  set(libraries_name linux/zig-${WFPW_ZIG_ARCH})
endif()
set(CMAKE_C_COMPILER ${WFPW_ZIG} cc ${zig_target})
# Only a test of the headers asks for it, and its library is compiled first, for minutes.
set(CMAKE_CXX_COMPILER CMAKE_CXX_COMPILER-NOTFOUND)
if(WFPW_ZIG_ARCH STREQUAL x86_64)
  set(CMAKE_CXX_COMPILER ${WFPW_ZIG} c++ ${zig_target})
endif()
set(CMAKE_RC_COMPILE_OBJECT "<CMAKE_RC_COMPILER> <DEFINES> <SOURCE> <OBJECT>")
set(CMAKE_RC_OUTPUT_EXTENSION .res)

get_filename_component(source_dir ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
# CMake gives these no first argument. Zig's own resource compiler would have to be compiled first, for minutes;
# mingw-w64's can write what lld takes for any processor.
set(ar "${WFPW_ZIG} ar")
set(ranlib "${WFPW_ZIG} ranlib")
set(rc "x86_64-w64-mingw32-windres -O res")
foreach(tool IN ITEMS ar ranlib rc)
  set(command ${source_dir}/build/windows/zig/${tool})
  file(CONFIGURE OUTPUT ${command} CONTENT "#!/bin/sh\nexec ${${tool}} \"$@\"\n" @ONLY)
  file(CHMOD ${command} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endforeach()
set(CMAKE_AR ${source_dir}/build/windows/zig/ar)
set(CMAKE_RANLIB ${source_dir}/build/windows/zig/ranlib)
set(CMAKE_RC_COMPILER ${source_dir}/build/windows/zig/rc)
set(libraries ${source_dir}/build/${libraries_name})
set(CMAKE_FIND_ROOT_PATH ${libraries})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMOCKA_LIBRARY ${libraries}/lib/libcmocka-static.a CACHE FILEPATH "")

if(WFPW_ZIG_SYSTEM STREQUAL Windows AND WFPW_ZIG_ARCH STREQUAL x86_64)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${source_dir}/tests/windows/wine)
elseif(WFPW_ZIG_ARCH STREQUAL aarch64)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${source_dir}/tests/windows/emulated)
endif()
