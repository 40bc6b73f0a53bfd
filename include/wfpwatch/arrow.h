/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
/**
 * @file arrow.h
 * Events as columns, through the Arrow C stream interface: what pyarrow, pandas, Polars, DuckDB,
 * Spark and others take without a copy. Nothing of Arrow's is needed to build or to use it. The
 * columns are those of docs/columns.md.
 */
#ifndef WFPWATCH_ARROW_H
#define WFPWATCH_ARROW_H

#include "wfpwatch/wfpwatch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html, where
 * programs are asked to declare them so. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE           2
#define ARROW_FLAG_MAP_KEYS_SORTED    4

/** The type of an array, with those of its children. */
struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

/** The values of an array, with its children. */
struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

/** Arrays of one type, one after the other. */
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

/** @defgroup wfpw_arrow Columns: events as Arrow arrays
 * @{ */

/** Which columns, and how many rows at a time. Fill `size`; 0 and NULL are the defaults. */
typedef struct {
    uint32_t size; /**< sizeof(wfpw_arrow_options). */
    uint32_t rows; /**< Of an array, at most: 1 to 1048576; 0 is 32768. */
    /**
     * Names of docs/columns.md parted by commas, in the order wanted; "*" stands for all of them;
     * NULL: those that the page calls usual. Read during the call.
     */
    const char *columns;
    /**
     * An array that has rows is given after so many ms at the latest, though there were room for
     * more: for live sources, and conditions that leave out nearly everything; 0 is 1000; negative:
     * only when it is full or all has been read.
     */
    int32_t wait_ms;
    uint32_t reserved; /**< Reserved, 0. */
    /**
     * Set to 1 when the stream was released and does not need the session, nor what wfpw_options
     * points to, any more; stays yours and has to be there until then. May be NULL.
     */
    uint32_t *released;
} wfpw_arrow_options;

/**
 * Gives the session's events, gaps included, as arrays of rows. Rows are read when the stream's
 * get_next is called, on the thread that calls it, which counts as a call of wfpw_read(): nobody
 * else may read the session meanwhile, and what the stream has taken is not given by wfpw_read()
 * any more. Between two calls of get_next everything read has been given, so that then
 * wfpw_get_bookmark() is the place behind the last row; functions that are for the thread that
 * reads the session may be called then only. Arrays live on when the stream or the session is gone;
 * their memory is of wfpw_options.allocator, called on whatever thread releases them.
 *
 * wfpw_close() may be called before the stream is released: the session then ends with the stream,
 * and puts back what it turned on no sooner. Until wfpw_close() a get_next that waits for a live
 * source is ended by wfpw_stop(); later nothing does. Releasing it waits for the session's threads,
 * inside wfpw_options.log perhaps; inside that function it returns at once, and the session ends on
 * a thread of its own. What wfpw_options points to has to live until then.
 *
 * get_next gives errno's codes, and get_last_error a sentence. An error of one file is given once,
 * behind the rows before it; who asks again gets those of the next file. After wfpw_stop() the
 * stream ends. ENOMEM is for good: events were lost.
 * @param s the session; it may get more sources, also when the stream has come to an end: get_next
 *        then goes on with them
 * @param o the options; may be NULL for the defaults
 * @param out where the stream is made; its release frees it
 * @param e what failed; may be NULL
 * @return 0; E_INVAL (also of a session that has such a stream), E_NOMEM; E_SYNTAX: there is no
 *         such column, or it comes twice, at e->position of `columns`
 */
WFPW_API int WFPW_CALL wfpw_arrow_stream(wfpw_session *s, const wfpw_arrow_options *o,
                                         struct ArrowArrayStream *out, wfpw_error *e);

/**
 * The destructor for a PyCapsule named "arrow_array_stream" whose struct ArrowArrayStream is of
 * PyMem_RawMalloc: releases the stream if nobody has taken it, and frees the struct. For bindings
 * without C code of their own; finds Python's functions in this process, and does nothing when they
 * are not there.
 * @param capsule the PyObject *
 */
WFPW_API void WFPW_CALL wfpw_arrow_capsule_free(void *capsule);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
