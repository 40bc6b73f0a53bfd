/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Writes .evtx files as Windows does, of any size, and in forms that Windows writes seldom. It
 * shares no code with the library that reads them.
 */
#ifndef WFPW_EVTXWRITER_H
#define WFPW_EVTXWRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    EVTXW_CHUNK = 65536,
    EVTXW_FILE_HEADER = 4096,
    EVTXW_CHUNK_HEADER = 512,
    EVTXW_TEMPLATES = 512, /* remembered for back references, a chunk */
    EVTXW_VALUES = 1200    /* of one template instance */
};

/* Types of values, as the format numbers them; EVTXW_ARRAY is added to one. */
enum {
    EVTXW_NULL = 0x00,
    EVTXW_STRING = 0x01,
    EVTXW_ANSI = 0x02,
    EVTXW_I8 = 0x03,
    EVTXW_U8 = 0x04,
    EVTXW_I16 = 0x05,
    EVTXW_U16 = 0x06,
    EVTXW_I32 = 0x07,
    EVTXW_U32 = 0x08,
    EVTXW_I64 = 0x09,
    EVTXW_U64 = 0x0A,
    EVTXW_F32 = 0x0B,
    EVTXW_F64 = 0x0C,
    EVTXW_BOOL = 0x0D,
    EVTXW_BINARY = 0x0E,
    EVTXW_GUID = 0x0F,
    EVTXW_SIZE = 0x10,
    EVTXW_FILETIME = 0x11,
    EVTXW_SYSTEMTIME = 0x12,
    EVTXW_SID = 0x13,
    EVTXW_HEX32 = 0x14,
    EVTXW_HEX64 = 0x15,
    EVTXW_BINXML = 0x21,
    EVTXW_XML = 0x23,
    EVTXW_ARRAY = 0x80
};

/* How a field's content stands in its element. All but the first two are text: type STRING. */
enum evtx_form {
    EVTXW_VALUE,    /* a substitution */
    EVTXW_OPTIONAL, /* a substitution that takes the element with it when the value is null */
    EVTXW_LITERAL,
    EVTXW_CDATA,
    EVTXW_CHARACTERS, /* a character reference for each unit */
    EVTXW_ENTITIES,   /* literal, but for & < > " ' */
    EVTXW_MIXED       /* a third literal, a third CDATA, a third a substitution */
};

struct evtx_field {
    const char *name; /* UTF-8; NULL: a Data element without a name */
    uint8_t type, form;
    uint16_t size;
    const void *data;
};

/* struct evtx_event.options */
enum {
    EVTXW_DIRECT = 0x1,         /* no templates; fields must be text */
    EVTXW_USER_DATA = 0x2,      /* UserData/LogFileCleared/NAME instead of EventData/Data */
    EVTXW_NESTED_DIRECT = 0x4,  /* EventData as a fragment of elements, not a template instance */
    EVTXW_FLAT = 0x8,           /* EventData inside the one template */
    EVTXW_REDEFINE = 0x10,      /* every template inline, also if the chunk has it */
    EVTXW_DEPENDENCY = 0x20,    /* the dependency word left out where due, and put where not */
    EVTXW_NAMED_VALUES = 0x40,  /* provider, channel and computer as values, not literals */
    EVTXW_INLINE_NAMES = 0x80,  /* every name inline, also if the chunk has it */
    EVTXW_TEXT_TIME = 0x100,    /* TimeCreated as text */
    EVTXW_NO_END = 0x200,       /* no end-of-stream token behind the record's content */
    EVTXW_SYSTEMTIME_T = 0x400, /* TimeCreated as a SYSTEMTIME: whole milliseconds */
    EVTXW_GUID_ONLY = 0x800     /* the provider by its GUID alone */
};

struct evtx_event {
    const char *provider;
    const uint8_t *provider_guid; /* 16 bytes or NULL */
    const char *channel, *computer;
    uint32_t event_id, version, level, task, opcode;
    uint64_t keywords, time, written, record_id; /* written 0: as time */
    const struct evtx_field *fields;
    size_t field_count;
    uint32_t options;
};

struct evtxw_value {
    const void *p;
    uint16_t size;
    uint8_t type;
};

struct evtx_writer {
    FILE *file;    /* NULL: memory */
    uint8_t *data; /* free() it, or hand it on */
    size_t size, cap;
    uint16_t chunks;
    uint32_t flags; /* of the file's header */
    uint64_t first_id, last_id, records;
    bool failed;
    /* the chunk under way */
    uint8_t *chunk;
    uint32_t at, record, template_count;
    uint64_t chunk_first, chunk_last;
    uint32_t last_record;
    bool full;
    struct {
        uint64_t key;
        uint32_t at;
    } templates[EVTXW_TEMPLATES];
    /* what is put back when a record finds no room */
    uint8_t saved_tables[384];
    uint32_t saved_templates;
    /* the event under way */
    uint32_t options;
    bool in_template;
};

/* Starts a file: in memory (w->data, w->size after evtxwriter_end) or to f. false: no memory. */
bool evtxwriter_begin(struct evtx_writer *w, FILE *f);
/* false: larger than a chunk can hold; nothing was written. */
bool evtxwriter_event(struct evtx_writer *w, const struct evtx_event *ev);
/* Ends the chunk under way; the next event starts another. */
void evtxwriter_flush(struct evtx_writer *w);
/* Ends the file; its header is written last, unless f cannot seek. false: writing failed. */
bool evtxwriter_end(struct evtx_writer *w);
void evtxwriter_free(struct evtx_writer *w);

/* ---- a record of one's own making ----------------------------------------------------------- */

/* A record is put between these two; when it ends, false says that the chunk had no room, and the
 * record is to be put again, into the new chunk. */
void evtxw_record(struct evtx_writer *w, uint64_t id, uint64_t written);
bool evtxw_record_end(struct evtx_writer *w);

void evtxw_put(struct evtx_writer *w, const void *p, size_t n);
void evtxw_u8(struct evtx_writer *w, uint8_t v);
void evtxw_u16(struct evtx_writer *w, uint16_t v);
void evtxw_u32(struct evtx_writer *w, uint32_t v);
void evtxw_u64(struct evtx_writer *w, uint64_t v);
void evtxw_patch32(struct evtx_writer *w, uint32_t at, uint32_t v);
void evtxw_fragment(struct evtx_writer *w); /* the header of a fragment */
/* A name's offset, and the name where it is first used. */
void evtxw_name(struct evtx_writer *w, const char *name);
/* An element: open (the offset to close it with), attributes in between, then its content. */
uint32_t evtxw_open(struct evtx_writer *w, const char *name, uint16_t dependency, bool attributes);
uint32_t evtxw_attributes(struct evtx_writer *w);
void evtxw_attribute(struct evtx_writer *w, const char *name, bool more);
void evtxw_attributes_end(struct evtx_writer *w, uint32_t at);
void evtxw_content(struct evtx_writer *w);            /* the start tag ends */
void evtxw_close(struct evtx_writer *w, uint32_t at); /* the end tag */
void evtxw_empty(struct evtx_writer *w, uint32_t at); /* the start tag is all there is */
void evtxw_literal(struct evtx_writer *w, const char *utf8);
void evtxw_units(struct evtx_writer *w, uint8_t token, const void *utf16, size_t units);
void evtxw_substitution(struct evtx_writer *w, uint16_t index, uint8_t type, bool optional);
/* An instance of the template `key`. true: this is its first use, and its definition follows up to
 * evtxw_defined, to which *at belongs. Then come the values. */
bool evtxw_instance(struct evtx_writer *w, uint64_t key, uint32_t *at);
void evtxw_defined(struct evtx_writer *w, uint32_t at);
/* Returns where the descriptors start, for a value whose size is known later. */
uint32_t evtxw_values(struct evtx_writer *w, const struct evtxw_value *v, uint32_t n);

/* UTF-8 to UTF-16LE bytes, at most cap of them; returns how many. */
size_t evtxw_utf16(const char *utf8, uint8_t *out, size_t cap);
/* A FILETIME as 2026-11-22T20:28:00.1234567Z (29 bytes). */
void evtxw_time_text(uint64_t time, char out[32]);

#endif
