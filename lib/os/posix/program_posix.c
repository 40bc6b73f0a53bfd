/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include <dlfcn.h>
#include <string.h>

#include "os/os.h"

os_function os_program_symbol(const char *name)
{
    os_function function = NULL;
    void *program = dlopen(NULL, RTLD_LAZY);
    void *found = program != NULL ? dlsym(program, name) : NULL;
    memcpy(&function, &found, sizeof function); /* C has no cast for it */
    if (program != NULL)
        (void)dlclose(program);
    return function;
}
