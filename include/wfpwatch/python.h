/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
/**
 * @file python.h
 * Values of a batch as objects of Python, for a binding without C code of its own: it passes what
 * it found of Python's stable ABI. Nothing of Python's is needed to build the library or to use it.
 */
#ifndef WFPWATCH_PYTHON_H
#define WFPWATCH_PYTHON_H

#include "wfpwatch/wfpwatch.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup wfpw_python Objects: values of a batch for Python
 * @{ */

/**
 * Functions of Python, of the stable ABI of 3.10 and later, and objects. A void * is a PyObject *,
 * an intptr_t a Py_ssize_t, a slot the member descriptor of an attribute in __slots__. All of it
 * has to be there during a call; nothing is kept. Fill `size`.
 */
typedef struct {
    uint32_t size;                                       /**< sizeof(wfpw_python). */
    uint32_t reserved;                                   /**< Reserved, 0. */
    void *(*list_new)(intptr_t count);                   /**< PyList_New. */
    int (*list_set)(void *list, intptr_t i, void *item); /**< PyList_SetItem. */
    void *(*list_get)(void *list, intptr_t i);           /**< PyList_GetItem. */
    void *(*int_new)(unsigned long long v);              /**< PyLong_FromUnsignedLongLong. */
    void *(*text_new)(const char *s, intptr_t n, const char *errors); /**< PyUnicode_DecodeUTF8. */
    void *(*bytes_new)(const char *s, intptr_t n);   /**< PyBytes_FromStringAndSize. */
    void *(*call)(void *callable, ...);              /**< PyObject_CallFunctionObjArgs. */
    void *(*object_new)(void *type, intptr_t items); /**< PyType_GenericAlloc. */
    /** What PyType_GetSlot() gives of a slot's type for Py_tp_descr_set. */
    int (*slot_set)(void *slot, void *object, void *value);
    void (*hold)(void *object);   /**< Py_IncRef. */
    void (*let_go)(void *object); /**< Py_DecRef. */
    void *none;                   /**< None. */
    void *datetime;               /**< datetime.datetime. */
    void *utc;                    /**< datetime.timezone.utc. */
    void *endpoint;               /**< A type with the three slots that follow. */
    void *ip, *port, *scope_id;
    void *ipv4;      /**< ipaddress.IPv4Address. */
    void *ipv4_slot; /**< Its slot that has the number. */
    void *ipv6_of;   /**< A function that makes the address of 16 bytes. */
} wfpw_python;

/**
 * The times of the events, as datetime.datetime of UTC, without the seventh digit; what lies after
 * the year 9999 is its end. These functions are called with the interpreter's lock held, where it
 * has one.
 * @param p Python
 * @param v the events
 * @return a new list; None: an argument is wrong; NULL: an exception of Python's is set, or p is
 *         NULL or too small
 */
WFPW_API void *WFPW_CALL wfpw_python_times(const wfpw_python *p, const wfpw_view *v);

/**
 * A text of each event, as str; None where the pointer is NULL.
 * @param p Python
 * @param v the events
 * @param offset of the const char * in wfpw_event
 * @return as wfpw_python_times(); None also when a pointer leads out of the batch
 */
WFPW_API void *WFPW_CALL wfpw_python_texts(const wfpw_python *p, const wfpw_view *v,
                                           uint32_t offset);

/**
 * One side of each event: an object of wfpw_python.endpoint with address, port and scope, each of
 * them None when absent; None where both address and port are. Type and code of ICMP, which stand
 * in the places of the ports, are no ports, unless it is unknown which side is this host.
 * @param p Python
 * @param v the events
 * @param remote 0: wfpw_event.local; 1: remote
 * @return as wfpw_python_times()
 */
WFPW_API void *WFPW_CALL wfpw_python_endpoints(const wfpw_python *p, const wfpw_view *v,
                                               uint32_t remote);

/**
 * New objects, with values in their slots. Their type's __init__ and __setattr__ are not called.
 * @param p Python
 * @param type what they are
 * @param count how many
 * @param slots a list of `width` slots
 * @param columns a list of `width` lists, each with `count` values
 * @param width how many slots
 * @return as wfpw_python_times()
 */
WFPW_API void *WFPW_CALL wfpw_python_objects(const wfpw_python *p, void *type, uint32_t count,
                                             void *slots, void *columns, uint32_t width);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
