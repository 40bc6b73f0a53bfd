/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The one function that Python calls back: a destructor written in Python could not be called at
 * the interpreter's end, nor while an exception is on its way. */
#include "os/os.h"
#include "wfpwatch/arrow.h"

/* PyCapsule_GetPointer and PyMem_RawFree; objects are pointers to what we know nothing of. */
typedef void *(*get_pointer_fn)(void *capsule, const char *name);
typedef void (*raw_free_fn)(void *p);

void WFPW_CALL wfpw_arrow_capsule_free(void *capsule)
{
    get_pointer_fn get_pointer = (get_pointer_fn)os_program_symbol("PyCapsule_GetPointer");
    raw_free_fn raw_free = (raw_free_fn)os_program_symbol("PyMem_RawFree");
    if (capsule == NULL || get_pointer == NULL || raw_free == NULL)
        return;
    struct ArrowArrayStream *stream = get_pointer(capsule, "arrow_array_stream");
    if (stream == NULL)
        return;
    if (stream->release != NULL)
        stream->release(stream);
    raw_free(stream);
}
