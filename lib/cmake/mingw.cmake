# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# Toolchain: Windows programs made with mingw-w64, as Debian has it. WFPW_MINGW_ARCH: x86_64 or i686.
# expat and cmocka are those of tests/windows/libraries; everything is linked in, so that the tool
# and the DLL need nothing beside them.
set(CMAKE_SYSTEM_NAME Windows)
set(WFPW_MINGW_ARCH x86_64 CACHE STRING "x86_64 or i686")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WFPW_MINGW_ARCH)
set(CMAKE_SYSTEM_PROCESSOR ${WFPW_MINGW_ARCH})
set(triple ${WFPW_MINGW_ARCH}-w64-mingw32)
set(CMAKE_C_COMPILER ${triple}-gcc)
find_program(mingw_cxx_${WFPW_MINGW_ARCH} ${triple}-g++)
set(CMAKE_CXX_COMPILER ${mingw_cxx_${WFPW_MINGW_ARCH}}) # only a test of the headers asks for it
set(CMAKE_RC_COMPILER ${triple}-windres)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_SHARED_LINKER_FLAGS_INIT -static)
set(CMAKE_MODULE_LINKER_FLAGS_INIT -static)

get_filename_component(source_dir ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
set(libraries ${source_dir}/build/windows/${WFPW_MINGW_ARCH})
set(CMAKE_FIND_ROOT_PATH ${libraries} /usr/${triple})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ZLIB_LIBRARY /usr/${triple}/lib/libz.a CACHE FILEPATH "") # not the DLL's import library
set(CMOCKA_LIBRARY ${libraries}/lib/libcmocka-static.a CACHE FILEPATH "")

set(CMAKE_CROSSCOMPILING_EMULATOR ${source_dir}/tests/windows/wine)
