/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * The one function that Python calls back: a destructor written in Python could not be called at
 * the interpreter's end, nor while an exception is on its way. */
#include "os/os.h"
#include "wfpwatch/arrow.h"

/* Functions of Python; objects and states are pointers to what we know nothing of. */
typedef void *(*get_pointer_fn)(void *capsule, const char *name); /* PyCapsule_GetPointer */
typedef void (*raw_free_fn)(void *p);                             /* PyMem_RawFree */
typedef void *(*save_thread_fn)(void);                            /* PyEval_SaveThread */
typedef void (*restore_thread_fn)(void *state);                   /* PyEval_RestoreThread */

/* Waits perhaps for a thread that is about to call a log function written in Python, and so must
 * not hold the interpreter's lock. */
static void release_unlocked(struct ArrowArrayStream *stream)
{
    save_thread_fn save_thread = (save_thread_fn)os_program_symbol("PyEval_SaveThread");
    restore_thread_fn restore_thread = (restore_thread_fn)os_program_symbol("PyEval_RestoreThread");
    void *state = save_thread != NULL && restore_thread != NULL ? save_thread() : NULL;
    stream->release(stream);
    if (state != NULL)
        restore_thread(state);
}

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
        release_unlocked(stream);
    raw_free(stream);
}
