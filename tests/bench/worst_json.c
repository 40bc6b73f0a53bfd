/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * JSON of a shipper: what is cut or nested, keys that are always new, and records that are those of
 * an earlier one but for their end. */
#include <stdbool.h>
#include <string.h>

#include "worst.h"

#define NAME "Microsoft-Windows-Security-Auditing"
#define SYSTEM                                                                                     \
    "{\"Event\":{\"System\":{\"EventID\":5156,\"Computer\":\"host.example\",\"Provider\":"         \
    "{\"#attributes\":{\"Name\":\"" NAME "\"}}},\"EventData\":{"
#define FIELDS                                                                                     \
    "\"ProcessID\":\"820\",\"Application\":\"\\\\device\\\\harddiskvolume1\\\\a.exe\","            \
    "\"Direction\":\"%%%%14593\",\"SourceAddress\":\"192.0.2.1\",\"SourcePort\":\"50000\","        \
    "\"DestAddress\":\"2001:db8::1\",\"DestPort\":\"443\",\"Protocol\":\"6\""

enum { KINDS = 17, FIELDS_EACH = 100 }; /* kinds: one more than layouts are kept */

/* Two records by which the file is known, and then one piece of text over and over. */
static void fill(FILE *f, const char *piece, uint64_t bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < 2; i++)
        (void)fprintf(f, SYSTEM FIELDS "}}}\n");
    for (; n < bytes; n += strlen(piece))
        (void)fputs(piece, f);
}

void worst_json_honest(FILE *f, uint64_t bytes)
{
    for (uint64_t i = 0; (uint64_t)ftell(f) < bytes; i++)
        (void)fprintf(f, SYSTEM "\"FilterRTID\":\"%u\"," FIELDS "}}}\n", (unsigned)i);
}

void worst_json_braces(FILE *f, uint64_t bytes)
{
    fill(f, "{", bytes);
}

void worst_json_keys_open(FILE *f, uint64_t bytes)
{
    fill(f, "{\"a\":", bytes);
}

void worst_json_empty(FILE *f, uint64_t bytes)
{
    fill(f, "{}", bytes);
}

void worst_json_cut(FILE *f, uint64_t bytes)
{
    fill(f, "{\"Event\":{\"System\":{\"EventID\":5156},\"EventData\":{\"A\":\"b\n", bytes);
}

void worst_json_lists(FILE *f, uint64_t bytes)
{
    fill(f, "{\"a\":[1,2,3,4,5,6,7,8,9,{\"b\":[]}],\"events\":[", bytes);
}

/* Records of more kinds than are remembered, with another name for the last field of each; or each
 * with names of its own. */
static void put_fields(FILE *f, uint64_t bytes, bool are_new)
{
    for (unsigned i = 0; (uint64_t)ftell(f) < bytes; i++) {
        (void)fprintf(f, SYSTEM);
        for (unsigned k = 0; k < FIELDS_EACH; k++)
            (void)fprintf(f, "\"A%u\":%u,", are_new ? i * FIELDS_EACH + k : k, k);
        (void)fprintf(f, "\"Z%u\":1}}}\n", i % KINDS);
    }
}

void worst_json_near(FILE *f, uint64_t bytes)
{
    put_fields(f, bytes, false);
}

void worst_json_new_keys(FILE *f, uint64_t bytes)
{
    put_fields(f, bytes, true);
}

/* The same as XML in JSON. */
void worst_json_near_xml(FILE *f, uint64_t bytes)
{
    for (unsigned i = 0; (uint64_t)ftell(f) < bytes; i++) {
        (void)fprintf(f, "{\"event\":{\"original\":\"<Event><System><Provider Name='" NAME
                         "'/><EventID>5156</EventID></System><EventData>");
        for (unsigned k = 0; k < FIELDS_EACH / 2; k++)
            (void)fprintf(f, "<Data Name='A%u'>%u</Data>", k, k);
        (void)fprintf(f, "<Data Name='Z%u'/></EventData></Event>\"}}\n", i % KINDS);
    }
}
