/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "decode/fwpm/sddl.h"

#include "base/text.h"

enum {
    HEADER_BYTES = 20,
    ACL_BYTES = 8,
    ACE_BYTES = 8, /* before its SID */
    SID_BYTES_MIN = 8,
    PIECE_MAX = 64 + TEXT_SID_MAX /* the longest entry */
};
enum { DACL_PRESENT = 0x0004, SACL_PRESENT = 0x0010, SELF_RELATIVE = 0x8000 };

/* The text so far; `failed` once something cannot be written. */
struct sddl {
    const uint8_t *from;
    size_t size;
    char *out;
    size_t used, cap;
    bool failed;
};

struct letters {
    uint32_t bit;
    char text[4];
};

static void put_text(struct sddl *s, const char *text)
{
    size_t n = strlen(text);
    if (s->failed || n > s->cap - s->used) {
        s->failed = true;
        return;
    }
    memcpy(s->out + s->used, text, n);
    s->used += n;
}

/* The letters of the bits that are set; what is left. */
static uint32_t put_bits(struct sddl *s, uint32_t bits, const struct letters *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((bits & table[i].bit) == 0)
            continue;
        put_text(s, table[i].text);
        bits &= ~table[i].bit;
    }
    return bits;
}

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- SIDs ----------------------------------------------------------------------------------- */

/* Those whose two letters do not depend on a domain (MS-DTYP 2.5.1.1). */
static const struct {
    const char *sid, letters[3];
} aliases[] = {
    {"S-1-1-0", "WD"},      {"S-1-3-0", "CO"},      {"S-1-3-1", "CG"},      {"S-1-3-4", "OW"},
    {"S-1-5-2", "NU"},      {"S-1-5-4", "IU"},      {"S-1-5-6", "SU"},      {"S-1-5-7", "AN"},
    {"S-1-5-9", "ED"},      {"S-1-5-10", "PS"},     {"S-1-5-11", "AU"},     {"S-1-5-12", "RC"},
    {"S-1-5-18", "SY"},     {"S-1-5-19", "LS"},     {"S-1-5-20", "NS"},     {"S-1-5-33", "WR"},
    {"S-1-5-32-544", "BA"}, {"S-1-5-32-545", "BU"}, {"S-1-5-32-546", "BG"}, {"S-1-5-32-547", "PU"},
    {"S-1-5-32-548", "AO"}, {"S-1-5-32-549", "SO"}, {"S-1-5-32-550", "PO"}, {"S-1-5-32-551", "BO"},
    {"S-1-5-32-552", "RE"}, {"S-1-5-32-554", "RU"}, {"S-1-5-32-555", "RD"}, {"S-1-5-32-556", "NO"},
    {"S-1-5-32-558", "MU"}, {"S-1-5-32-559", "LU"}, {"S-1-5-32-568", "IS"}, {"S-1-5-32-569", "CY"},
    {"S-1-5-32-573", "ER"}, {"S-1-5-32-574", "CD"}, {"S-1-5-32-575", "RA"}, {"S-1-5-32-576", "ES"},
    {"S-1-5-32-577", "MS"}, {"S-1-5-32-578", "HA"}, {"S-1-5-32-579", "AA"}, {"S-1-5-32-580", "RM"},
    {"S-1-15-2-1", "AC"},
};

/* A SID within the n bytes at p. */
static void put_sid(struct sddl *s, const uint8_t *p, size_t n)
{
    char text[TEXT_SID_MAX + 1];
    size_t size = n >= SID_BYTES_MIN ? SID_BYTES_MIN + (size_t)p[1] * 4 : 0;
    size_t length = size > 0 && size <= n && size <= SID_BYTES_MAX ? text_sid(text, p, size) : 0;
    text[length] = 0;
    s->failed |= length == 0;
    for (size_t i = 0; i < COUNT(aliases); i++) {
        if (strcmp(text, aliases[i].sid) == 0) {
            put_text(s, aliases[i].letters);
            return;
        }
    }
    put_text(s, text);
}

/* Owner or group, at an offset of the header; 0: none. */
static void put_member(struct sddl *s, const char *name, uint32_t at)
{
    if (at == 0)
        return;
    if (at > s->size) {
        s->failed = true;
        return;
    }
    put_text(s, name);
    put_sid(s, s->from + at, s->size - at);
}

/* ---- entries -------------------------------------------------------------------------------- */

/* Some masks have a name as a whole: of files, of registry keys. */
static bool put_whole_mask(struct sddl *s, uint32_t mask)
{
    static const struct letters whole[] = {
        {0x1F01FF, "FA"}, {0x120089, "FR"}, {0x120116, "FW"}, {0x1200A0, "FX"},
        {0x0F003F, "KA"}, {0x020019, "KR"}, {0x020006, "KW"},
    };
    for (size_t i = 0; i < COUNT(whole); i++) {
        if (whole[i].bit == mask) {
            put_text(s, whole[i].text);
            return true;
        }
    }
    return false;
}

static void put_mask(struct sddl *s, uint32_t mask)
{
    static const struct letters rights[] = {
        {0x1, "CC"},       {0x2, "DC"},        {0x4, "LC"},        {0x8, "SW"},
        {0x10, "RP"},      {0x20, "WP"},       {0x40, "DT"},       {0x80, "LO"},
        {0x100, "CR"},     {0x10000, "SD"},    {0x20000, "RC"},    {0x40000, "WD"},
        {0x80000, "WO"},   {0x10000000, "GA"}, {0x20000000, "GX"}, {0x40000000, "GW"},
        {0x80000000, "GR"}};
    char text[20];
    size_t start = s->used;
    if (put_whole_mask(s, mask) || put_bits(s, mask, rights, COUNT(rights)) == 0)
        return;
    s->used = start; /* a bit has no letters: all in hexadecimal */
    text[text_hex(text, mask)] = 0;
    put_text(s, text);
}

/* One entry of n bytes. */
static void put_entry(struct sddl *s, const uint8_t *p, size_t n)
{
    static const struct letters inherits[] = {
        {0x01, "OI"}, {0x02, "CI"}, {0x04, "NP"}, {0x08, "IO"}, {0x10, "ID"}};
    s->failed |= p[0] > 1 || s->cap - s->used < PIECE_MAX;
    put_text(s, p[0] == 0 ? "(A;" : "(D;");
    s->failed |= put_bits(s, p[1], inherits, COUNT(inherits)) != 0;
    put_text(s, ";");
    put_mask(s, text_le32(p + 4));
    put_text(s, ";;;");
    put_sid(s, p + ACE_BYTES, n - ACE_BYTES);
    put_text(s, ")");
}

static void put_entries(struct sddl *s, const uint8_t *p, size_t n)
{
    uint32_t count = text_le16(p + 4);
    size_t at = ACL_BYTES;
    for (uint32_t i = 0; i < count && !s->failed; i++) {
        size_t size = n - at >= ACE_BYTES ? text_le16(p + at + 2) : 0;
        if (size < ACE_BYTES || size > n - at) {
            s->failed = true;
            return;
        }
        put_entry(s, p + at, size);
        at += size;
    }
}

static void put_dacl(struct sddl *s, uint32_t control, uint32_t at)
{
    static const struct letters controls[] = {{0x1000, "P"}, {0x0100, "AR"}, {0x0400, "AI"}};
    if ((control & DACL_PRESENT) == 0)
        return;
    put_text(s, "D:");
    (void)put_bits(s, control, controls, COUNT(controls));
    if (at == 0) {
        put_text(s, "NO_ACCESS_CONTROL");
        return;
    }
    size_t left = at <= s->size ? s->size - at : 0;
    size_t size = left >= ACL_BYTES ? text_le16(s->from + at + 2) : 0;
    if (size < ACL_BYTES || size > left)
        s->failed = true;
    else
        put_entries(s, s->from + at, size);
}

size_t sddl_write(char *out, size_t cap, const void *descriptor, size_t n)
{
    struct sddl s = {.from = descriptor, .size = n, .out = out, .cap = cap};
    if (n < HEADER_BYTES || s.from[0] != 1)
        return 0;
    uint32_t control = text_le16(s.from + 2);
    if ((control & SELF_RELATIVE) == 0 || (control & SACL_PRESENT) != 0)
        return 0;
    put_member(&s, "O:", text_le32(s.from + 4));
    put_member(&s, "G:", text_le32(s.from + 8));
    put_dacl(&s, control, text_le32(s.from + 16));
    return s.failed ? 0 : s.used;
}
