/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Codes to words: the lists of the public header, and those that Windows fixes.
 */
#include "wfpwatch/wfpwatch.h"

#include <string.h>

struct word {
    uint32_t code;
    const char *text;
};

#define WORD(name, number, word) {number, word},
static const struct word kinds[] = {WFPW_KIND_MAP(WORD)};
static const struct word sources[] = {WFPW_SOURCE_MAP(WORD)};
static const struct word directions[] = {WFPW_DIRECTION_MAP(WORD)};
static const struct word orientations[] = {WFPW_ORIENTATION_MAP(WORD)};
static const struct word pid_froms[] = {WFPW_PID_FROM_MAP(WORD)};
static const struct word losts[] = {WFPW_LOST_MAP(WORD)};
static const struct word states[] = {WFPW_STATE_MAP(WORD)};
static const struct word checks[] = {WFPW_CHECK_MAP(WORD)};
#undef WORD

/* The parameter messages (%%N) of the Security log that WFP's records use. 14625 and 14640 to 14643
 * rest on one third-party source; 1842 and 1843 are the log's general yes and no. */
static const struct word audit_codes[] = {
    {1842, "yes"},
    {1843, "no"},
    {8448, "success removed"},
    {8449, "success added"},
    {8450, "failure removed"},
    {8451, "failure added"},
    {14592, "inbound"},
    {14593, "outbound"},
    {14594, "forward"},
    {14595, "bidirectional"},
    {14596, "IP packet"},
    {14597, "transport"},
    {14598, "forward"},
    {14599, "stream"},
    {14600, "datagram data"},
    {14601, "ICMP error"},
    {14602, "MAC 802.3"},
    {14603, "MAC native"},
    {14604, "vSwitch"},
    {14608, "resource assignment"},
    {14609, "listen"},
    {14610, "receive/accept"},
    {14611, "connect"},
    {14612, "flow established"},
    {14614, "resource release"},
    {14615, "endpoint closure"},
    {14616, "connect redirect"},
    {14617, "bind redirect"},
    {14624, "stream packet"},
    {14625, "accept redirect"},
    {14626, "accept redirect"},
    {14640, "ICMP echo request"},
    {14641, "vSwitch ingress"},
    {14642, "vSwitch egress"},
    {14643, "unknown"},
    {16384, "add"},
    {16385, "delete"},
    {16386, "boot-time"},
    {16387, "persistent"},
    {16388, "not persistent"},
    {16389, "block"},
    {16390, "permit"},
    {16391, "callout"},
};

/* IANA's keywords for the protocol numbers that a host firewall meets. */
static const struct word protocols[] = {
    {0, "hopopt"}, {1, "icmp"},  {2, "igmp"},   {4, "ipv4"},   {6, "tcp"},     {17, "udp"},
    {41, "ipv6"},  {47, "gre"},  {50, "esp"},   {51, "ah"},    {58, "icmpv6"}, {88, "eigrp"},
    {89, "ospf"},  {103, "pim"}, {112, "vrrp"}, {115, "l2tp"}, {132, "sctp"},  {136, "udplite"},
};

static const struct word capabilities[] = {
    {0, "internetClient"},
    {1, "internetClientServer"},
    {2, "privateNetworkClientServer"},
};

#define LIST(words)                                                                                \
    {                                                                                              \
        words, sizeof(words) / sizeof *(words)                                                     \
    }
static const struct {
    const struct word *words;
    size_t count;
} lists[] = {
    [WFPW_LIST_KIND] = LIST(kinds),           [WFPW_LIST_SOURCE] = LIST(sources),
    [WFPW_LIST_DIRECTION] = LIST(directions), [WFPW_LIST_ORIENTATION] = LIST(orientations),
    [WFPW_LIST_PID_FROM] = LIST(pid_froms),   [WFPW_LIST_LOST] = LIST(losts),
    [WFPW_LIST_STATE] = LIST(states),         [WFPW_LIST_AUDIT_CODE] = LIST(audit_codes),
    [WFPW_LIST_PROTOCOL] = LIST(protocols),   [WFPW_LIST_CAPABILITY] = LIST(capabilities),
    [WFPW_LIST_CHECK] = LIST(checks),
};

const char *WFPW_CALL wfpw_word(uint32_t list, uint32_t code)
{
    if (list >= sizeof lists / sizeof *lists)
        return "";
    for (size_t i = 0; i < lists[list].count; i++)
        if (lists[list].words[i].code == code)
            return lists[list].words[i].text;
    return "";
}

/* ---- results -------------------------------------------------------------------------------- */

static const struct {
    int code;
    const char *text, *remedy;
} statuses[] = {
#define STATUS(name, number, text, remedy) {number, text, remedy},
    WFPW_STATUS_MAP(STATUS)
#undef STATUS
};

static size_t status_row(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].code == status)
            return i;
    return sizeof statuses / sizeof *statuses;
}

const char *WFPW_CALL wfpw_strerror(int status)
{
    size_t i = status_row(status);
    return i < sizeof statuses / sizeof *statuses ? statuses[i].text : "unknown result";
}

const char *WFPW_CALL wfpw_remedy(const wfpw_error *e)
{
    size_t i = status_row(e != NULL ? e->status : WFPW_OK);
    return i < sizeof statuses / sizeof *statuses ? statuses[i].remedy : "";
}

/* ---- what the library is -------------------------------------------------------------------- */

uint32_t WFPW_CALL wfpw_version(void)
{
    return WFPW_VERSION_MAJOR << 16 | WFPW_VERSION_MINOR << 8 | WFPW_VERSION_PATCH;
}

uint32_t WFPW_CALL wfpw_sizeof(const char *name)
{
    static const struct {
        const char *name;
        uint32_t size;
    } structs[] = {
        {"wfpw_error", sizeof(wfpw_error)},     {"wfpw_allocator", sizeof(wfpw_allocator)},
        {"wfpw_options", sizeof(wfpw_options)}, {"wfpw_live", sizeof(wfpw_live)},
        {"wfpw_stats", sizeof(wfpw_stats)},     {"wfpw_endpoint", sizeof(wfpw_endpoint)},
        {"wfpw_field", sizeof(wfpw_field)},     {"wfpw_audit", sizeof(wfpw_audit)},
        {"wfpw_ike", sizeof(wfpw_ike)},         {"wfpw_ipsec", sizeof(wfpw_ipsec)},
        {"wfpw_mac", sizeof(wfpw_mac)},         {"wfpw_vswitch", sizeof(wfpw_vswitch)},
        {"wfpw_event", sizeof(wfpw_event)},     {"wfpw_view", sizeof(wfpw_view)},
        {"wfpw_row", sizeof(wfpw_row)},
    };
    for (size_t i = 0; name != NULL && i < sizeof structs / sizeof *structs; i++)
        if (strcmp(name, structs[i].name) == 0)
            return structs[i].size;
    return 0;
}
