/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Net events of netsh, written by hand: what each element becomes, and what cannot be read. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/netsh/netsh_event.h"
#include "writer/read_back.h"

#define HEADER                                                                                     \
    "<header><timeStamp>2026-01-02T03:04:05.678Z</timeStamp><ipProtocol>6</ipProtocol>"            \
    "<localAddrV4>192.0.2.1</localAddrV4><remoteAddrV4>198.51.100.2</remoteAddrV4>"                \
    "<localPort>1</localPort><remotePort>443</remotePort></header>"
#define DROP         "<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type>"
#define EVENT(inner) "<item>" HEADER inner "</item>"
#define SEEN                                                                                       \
    "\"time\":\"2026-01-02T03:04:05.6780000Z\",\"source\":\"netsh\",\"kind\":\"%s\"%s,"            \
    "\"protocol\":6,\"local\":{\"ip\":\"192.0.2.1\",\"port\":1},"                                  \
    "\"remote\":{\"ip\":\"198.51.100.2\",\"port\":443}%s}"

/* The one event of a document, with so many places told as unreadable. */
static struct read_back *one(const char *document, uint64_t skipped)
{
    struct read_back *r = read_back(NULL, document, strlen(document), 0);
    if (r->open_status != 0)
        fail_msg("refused: %s", r->error.text);
    assert_int_equal(r->end_status, WFPW_E_EOF);
    assert_int_equal(r->event_count, 1);
    assert_int_equal(r->stats.skipped, skipped);
    assert_int_equal(r->log_count, skipped);
    assert_int_equal(r->stats.bytes_read, strlen(document));
    return r;
}

static void expect(const char *document, const char *kind, const char *direction, const char *rest)
{
    char want[2000];
    struct read_back *r = one(document, 0);
    (void)snprintf(want, sizeof want, SEEN, kind, direction, rest);
    assert_string_equal(r->events[0], want);
    assert_int_equal(r->partial, 0);
    readback_free(r);
}

/* The same of an event of which one element, named, could not be read. */
static void expect_unread(const char *document, const char *what, const char *without)
{
    char text[100];
    struct read_back *r = one(document, 1);
    (void)snprintf(text, sizeof text, "2 a part of an event cannot be read: %s (memory", what);
    if (readback_log(r, text) == NULL)
        fail_msg("%s is not told in: %s", what, r->logs[0]);
    if (strstr(r->events[0], without) != NULL)
        fail_msg("%s is in %s", without, r->events[0]);
    assert_non_null(strstr(r->events[0], "\"partial\":true"));
    assert_int_equal(r->partial, 1);
    readback_free(r);
}

#define LAYER_12                                                                                   \
    "\"layer\":{\"id\":12,\"key\":\"FWPM_LAYER_INBOUND_TRANSPORT_V4\","                            \
    "\"name\":\"Inbound Transport v4 Layer\"}"
#define LAYER_44                                                                                   \
    "\"layer\":{\"id\":44,\"key\":\"FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4\","                         \
    "\"name\":\"ALE Receive/Accept v4 Layer\"}"

/* ---- kinds ---------------------------------------------------------------------------------- */

static void test_kinds(void **state)
{
    static const struct {
        const char *type, *kind;
    } rows[] = {
        {"CLASSIFY_DROP", "classify_drop"},           {"CLASSIFY_ALLOW", "classify_allow"},
        {"CAPABILITY_DROP", "capability_drop"},       {"CAPABILITY_ALLOW", "capability_allow"},
        {"CLASSIFY_DROP_MAC", "classify_drop_mac"},   {"IPSEC_KERNEL_DROP", "ipsec_kernel_drop"},
        {"IPSEC_DOSP_DROP", "ipsec_dosp_drop"},       {"IKEEXT_MM_FAILURE", "ike_mm_failure"},
        {"IKEEXT_QM_FAILURE", "ike_qm_failure"},      {"IKEEXT_EM_FAILURE", "ike_em_failure"},
        {"LPM_PACKET_ARRIVAL", "lpm_packet_arrival"},
    };
    char text[1000];
    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        (void)snprintf(text, sizeof text,
                       "<netEvents>" EVENT("<type>FWPM_NET_EVENT_TYPE_%s%s</type>") "</netEvents>",
                       i % 2 == 0 ? "" : "PUBLIC_", rows[i / 2].type);
        expect(text, rows[i / 2].kind, "", "");
    }
    expect(EVENT("<type>6</type>"), "classify_allow", "", "");
    expect(EVENT("<type>57</type>"), "unknown", ",\"type_raw\":57", "");
}

static void test_classify(void **state)
{
    (void)state;
    expect(EVENT(DROP "<classifyDrop><filterId>18446744073709551615</filterId>"
                      "<layerId>44</layerId><reauthReason>2</reauthReason>"
                      "<originalProfile>1</originalProfile><currentProfile>2</currentProfile>"
                      "<msFwpDirection>MS_FWP_DIRECTION_IN</msFwpDirection>"
                      "<isLoopback>true</isLoopback><vSwitchId/>"
                      "<vSwitchSourcePort>0</vSwitchSourcePort></classifyDrop>"),
           "classify_drop",
           ",\"direction\":\"inbound\",\"direction_raw\":14592,\"direction_from\":\"field\"",
           ",\"loopback\":true,\"filter\":{\"id\":18446744073709551615}," LAYER_44 ","
           "\"profile\":{\"original\":1,\"current\":2},\"reauth_reason\":2");
    expect(EVENT(DROP "<classifyDrop><vSwitchId><data>41004200</data><asString>A.B.</asString>"
                      "</vSwitchId><vSwitchSourcePort>3</vSwitchSourcePort></classifyDrop>"),
           "classify_drop", "",
           ",\"vswitch\":{\"id\":\"AB\",\"source_port\":3,\"destination_port\":0}");
}

static void test_other_bodies(void **state)
{
    (void)state;
    expect(EVENT("<type>FWPM_NET_EVENT_TYPE_CAPABILITY_DROP</type><capabilityDrop>"
                 "<networkCapabilityId>FWPM_APPC_NETWORK_CAPABILITY_INTERNET_PRIVATE_NETWORK"
                 "</networkCapabilityId><filterId>5</filterId><isLoopback>false</isLoopback>"
                 "</capabilityDrop>"),
           "capability_drop", "",
           ",\"loopback\":false,\"filter\":{\"id\":5},"
           "\"capability\":{\"id\":2,\"name\":\"privateNetworkClientServer\"}");
    expect(EVENT("<type>FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP</type><ipsecDrop>"
                 "<failureStatus>-1073741790 (STATUS_ACCESS_DENIED)</failureStatus>"
                 "<direction>FWP_DIRECTION_INBOUND</direction><spi>9</spi><filterId>7</filterId>"
                 "<layerId>12</layerId></ipsecDrop>"),
           "ipsec_kernel_drop",
           ",\"direction\":\"inbound\",\"direction_raw\":1,\"direction_from\":\"field\"",
           ",\"filter\":{\"id\":7}," LAYER_12 ","
           "\"ipsec\":{\"status\":\"0xc0000022\",\"spi\":9,\"text\":\"access denied "
           "(STATUS_ACCESS_DENIED)\"}");
    expect(EVENT("<type>FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP</type><idpDrop>"
                 "<ipVersion>FWP_IP_VERSION_V6</ipVersion><publicHostV6Addr>2001:db8::1"
                 "</publicHostV6Addr><internalHostV6Addr>::</internalHostV6Addr>"
                 "<failureStatus>0xC000A010</failureStatus></idpDrop>"),
           "ipsec_dosp_drop", "",
           ",\"ipsec\":{\"status\":\"0xc000a010\",\"public_host\":{\"ip\":\"2001:db8::1\"},"
           "\"internal_host\":{\"ip\":\"::\"},\"text\":\"too many packets wait for keys "
           "(STATUS_IPSEC_QUEUE_OVERFLOW)\"}");
    expect(EVENT("<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC</type><classifyDropMac>"
                 "<localMacAddr.byteArray6>00-0a-FF-01-02-03</localMacAddr.byteArray6>"
                 "<remoteMacAddr.byteArray6>ffffffffffff</remoteMacAddr.byteArray6>"
                 "<mediaType>1</mediaType><ifType>6</ifType><etherType>2054</etherType>"
                 "<ndisPortNumber>2</ndisPortNumber><reserved>0</reserved><vlanTag>3</vlanTag>"
                 "<ifLuid>1689399632855040</ifLuid></classifyDropMac>"),
           "classify_drop_mac", "",
           ",\"mac\":{\"local\":\"00:0A:FF:01:02:03\",\"remote\":\"FF:FF:FF:FF:FF:FF\","
           "\"media_type\":1,\"if_type\":6,\"ether_type\":2054,\"ndis_port\":2,\"vlan\":3,"
           "\"if_luid\":1689399632855040}");
}

static void test_ike(void **state)
{
    (void)state;
    expect(
        EVENT("<type>FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE</type><ikeMmFailure>"
              "<failureErrorCode>13805 (ERROR_IPSEC_IKE_TIMED_OUT)</failureErrorCode>"
              "<failurePoint>IPSEC_FAILURE_PEER</failurePoint><flags numItems=\"2\"><item>"
              "FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_MULTIPLE</item><item>00000040</item></flags>"
              "<keyingModuleType>IKEEXT_KEY_MODULE_IKEV2</keyingModuleType>"
              "<mmState>IKEEXT_MM_SA_STATE_SA_SENT</mmState><saRole>IKEEXT_SA_ROLE_RESPONDER"
              "</saRole><mmAuthMethod>IKEEXT_EAP</mmAuthMethod>"
              "<endCertHash>000102030405060708090a0b0c0d0e0f10111213</endCertHash>"
              "<mmId>4</mmId><mmFilterId>8</mmFilterId>"
              "<localPrincipalNameForAuth>a\\b</localPrincipalNameForAuth>"
              "<localPrincipalGroupSids numItems=\"2\"><item>S-1-1-0</item><item>S-1-5-11</item>"
              "</localPrincipalGroupSids><remotePrincipalGroupSids/></ikeMmFailure>"),
        "ike_mm_failure", "",
        ",\"filter\":{\"id\":8},\"ike\":{\"error\":13805,\"point\":2,\"flags\":66,\"module\":2,"
        "\"state\":1,\"role\":1,\"auth_method\":11,\"mm_id\":4,\"filter_id\":8,\"cert_hash\":"
        "\"000102030405060708090A0B0C0D0E0F10111213\",\"local_principal\":\"a\\\\b\","
        "\"local_groups\":\"S-1-1-0 S-1-5-11\",\"text\":\"the peer did not answer in time "
        "(ERROR_IPSEC_IKE_TIMED_OUT)\"}");
    expect(EVENT("<type>FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE</type><ikeQmFailure>"
                 "<qmState>IKEEXT_QM_SA_STATE_FINAL</qmState><saTrafficType>"
                 "IPSEC_TRAFFIC_TYPE_TUNNEL</saTrafficType><localSubNet><type>FWP_V4_ADDR_MASK"
                 "</type><v4AddrMask><addr>10.0.0.0</addr><mask>255.0.0.0</mask></v4AddrMask>"
                 "</localSubNet><remoteSubNet><type>FWP_RANGE_TYPE</type><rangeValue><valueLow>"
                 "<type>FWP_UINT32</type><uint32>192.0.2.1</uint32></valueLow><valueHigh><type>"
                 "FWP_UINT32</type><uint32>192.0.2.9</uint32></valueHigh></rangeValue>"
                 "</remoteSubNet><qmFilterId>8</qmFilterId><mmSaLuid>6</mmSaLuid>"
                 "<mmProviderContextKey>{c5ff0d42-1664-4d2f-98dd-a31c42eecea7}"
                 "</mmProviderContextKey></ikeQmFailure>"),
           "ike_qm_failure", "",
           ",\"filter\":{\"id\":8},\"ike\":{\"state\":2,"
           "\"traffic_type\":1,\"filter_id\":8,\"mm_sa_luid\":6,\"local_subnet\":\"10.0.0.0/8\","
           "\"remote_subnet\":\"192.0.2.1-192.0.2.9\",\"provider_context\":"
           "\"{c5ff0d42-1664-4d2f-98dd-a31c42eecea7}\"}");
}

static void test_subnets(void **state)
{
    static const struct {
        const char *xml, *text;
    } rows[] = {
        {"<uint32>192.0.2.1</uint32>", "\"local_subnet\":\"192.0.2.1\""},
        {"<byteArray16>fe80::1</byteArray16>", "\"local_subnet\":\"fe80::1\""},
        {"<v6AddrMask><prefixLength>8</prefixLength><addr>fe80::</addr></v6AddrMask>",
         "\"local_subnet\":\"fe80::/8\""},
        {"<v4AddrMask><addr>10.0.0.0</addr></v4AddrMask>", "\"local_subnet\":\"10.0.0.0\""},
        {"<type>FWP_EMPTY</type>", ""},
        {"<v4AddrMask><mask>255.0.0.0</mask></v4AddrMask>", ""},
    };
    char document[1000], rest[200];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)snprintf(document, sizeof document,
                       EVENT("<type>1</type><x><localSubNet>%s</localSubNet></x>"), rows[i].xml);
        (void)snprintf(rest, sizeof rest, ",\"ike\":{%s}", rows[i].text);
        expect(document, "ike_qm_failure", "", rest);
    }
}

static void test_internal_fields(void **state)
{
    (void)state;
    expect(EVENT(DROP "<internalFields><internalFlags/><remoteAddrBitmap>0000000000000000"
                      "</remoteAddrBitmap><capabilities numItems=\"3\"><item>"
                      "FWP_CAPABILITIES_FLAG_INTERNET_CLIENT</item><item>"
                      "FWP_CAPABILITIES_FLAG_NETWORK_LOOPBACK</item><item>80000000</item>"
                      "</capabilities><fqbnVersion>0</fqbnVersion><fqbnName>O=X\\A</fqbnName>"
                      "<terminatingFiltersInfo numItems=\"3\"><item><filterId>1</filterId>"
                      "<subLayer>FWPP_SUBLAYER_INTERNAL_FIREWALL_WF</subLayer>"
                      "<actionType>FWP_ACTION_BLOCK</actionType></item><item><actionType>39"
                      "</actionType></item><item/></terminatingFiltersInfo>"
                      "<filterOrigin><![CDATA[a & b]]></filterOrigin>"
                      "<interfaceIndex>5</interfaceIndex><processId>4242</processId>"
                      "</internalFields>"),
           "classify_drop", "",
           ",\"app\":{\"fqbn\":\"O=X\\\\A\"},\"process\":{\"pid\":4242,\"pid_from\":\"netsh\"},"
           "\"filter\":{\"origin\":\"a & b\"},\"interface_index\":5,\"terminating\":["
           "{\"filter_id\":1,\"sublayer\":\"FWPP_SUBLAYER_INTERNAL_FIREWALL_WF\","
           "\"action\":\"FWP_ACTION_BLOCK\"},{\"filter_id\":0,\"action\":39},{\"filter_id\":0}],"
           "\"capabilities\":[\"internetClient\",\"networkLoopback\",31]");
    expect(EVENT(DROP "<internalFields><capabilities/></internalFields>"), "classify_drop", "",
           ",\"capabilities\":[]");
}

/* ---- what is set ---------------------------------------------------------------------------- */

/* netsh writes the members of the header that are not set, too. */
static void test_flags(void **state)
{
    struct read_back *r =
        one("<item><header><timeStamp>2026-01-02T03:04:05.678Z</timeStamp><flags numItems=\"2\">"
            "<item>FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET</item><item>00001000</item></flags>"
            "<ipVersion>FWP_IP_VERSION_V4</ipVersion><ipProtocol>6</ipProtocol>"
            "<localAddrV4>192.0.2.1</localAddrV4><remoteAddrV4>0.0.0.0</remoteAddrV4>"
            "<localPort>1</localPort><remotePort>2</remotePort><scopeId>3</scopeId>"
            "<appId><data>41000000</data></appId><userId>S-1-5-19</userId>"
            "<packageSid>S-1-0-0</packageSid><enterpriseId>e</enterpriseId>"
            "<policyFlags>77</policyFlags></header>" DROP
            "<classifyDrop><reauthReason>1</reauthReason></classifyDrop></item>",
            0);
    (void)state;
    assert_string_equal(r->events[0],
                        "\"time\":\"2026-01-02T03:04:05.6780000Z\",\"source\":\"netsh\","
                        "\"kind\":\"classify_drop\",\"local\":{\"port\":1},\"policy_flags\":77}");
    readback_free(r);
    r = one("<item><header><flags>0</flags><localPort>1</localPort></header>" DROP "</item>", 0);
    assert_string_equal(r->events[0], "\"time\":\"1601-01-01T00:00:00.0000000Z\",\"source\":"
                                      "\"netsh\",\"kind\":\"classify_drop\"}");
    readback_free(r);
}

/* data is the path; asString, which may say something else, is not looked at. */
static void test_data_and_as_string(void **state)
{
    struct read_back *r =
        one("<item><header><appId><asString>no</asString><data>5c00e9003dd825dd"
            "0000</data><asString>\\.n.o.</asString></appId></header>" DROP "</item>",
            0);
    (void)state;
    assert_non_null(
        strstr(r->events[0], "\"app\":{\"device_path\":\"\\\\\xC3\xA9\xF0\x9F\x94\xA5\"}"));
    readback_free(r);
}

/* ---- what cannot be read -------------------------------------------------------------------- */

#define IN_HEADER(element) "<item><header>" element "</header>" DROP "</item>"
#define IN_DROP(element)   EVENT(DROP "<classifyDrop>" element "</classifyDrop>")

static void test_unread(void **state)
{
    static const struct {
        const char *document, *what, *without;
    } rows[] = {
        {IN_HEADER("<timeStamp>yesterday</timeStamp>"), "timeStamp", "yesterday"},
        {IN_HEADER("<ipProtocol>256</ipProtocol>"), "ipProtocol", "protocol"},
        {IN_HEADER("<localAddrV4>1.2.3</localAddrV4>"), "localAddrV4", "local"},
        {IN_HEADER("<remoteAddrV6.byteArray16>:::</remoteAddrV6.byteArray16>"),
         "remoteAddrV6.byteArray16", "remote"},
        {IN_HEADER("<localPort>65536</localPort>"), "localPort", "local"},
        {IN_HEADER("<remotePort>-1</remotePort>"), "remotePort", "remote"},
        {IN_HEADER("<scopeId>4294967296</scopeId>"), "scopeId", "scope"},
        {IN_HEADER("<appId><data>4</data></appId>"), "data", "app"},
        {IN_HEADER("<appId><data>4x</data></appId>"), "data", "app"},
        {IN_HEADER("<userId>S-1-</userId>"), "userId", "user"},
        {IN_HEADER("<packageSid>none</packageSid>"), "packageSid", "app"},
        {IN_HEADER("<policyFlags>18446744073709551616</policyFlags>"), "policyFlags", "policy"},
        {IN_DROP("<filterId>0x</filterId>"), "filterId", "filter"},
        {IN_DROP("<filterId>5 6</filterId>"), "filterId", "filter"},
        {IN_DROP("<layerId>a</layerId>"), "layerId", "layer"},
        {IN_DROP("<msFwpDirection>MS_FWP_DIRECTION_UP</msFwpDirection>"), "msFwpDirection",
         "direction"},
        {IN_DROP("<isLoopback>maybe</isLoopback>"), "isLoopback", "loopback"},
        {IN_DROP("<networkCapabilityId>X</networkCapabilityId>"), "networkCapabilityId",
         "capability"},
        {IN_DROP("<failureStatus>-2147483649</failureStatus>"), "failureStatus", "ipsec"},
        {IN_DROP("<localMacAddr>00:11:22:33:44</localMacAddr>"), "localMacAddr", "mac"},
        {IN_DROP("<localMacAddr>00:11:22:33:44:55:66</localMacAddr>"), "localMacAddr", "mac"},
        {IN_DROP("<endCertHash>0011</endCertHash>"), "endCertHash", "ike"},
        {IN_DROP("<providerContextKey>{0}</providerContextKey>"), "providerContextKey", "ike"},
        {IN_DROP("<saRole>IKEEXT_SA_ROLE_X</saRole>"), "saRole", "ike"},
        {IN_DROP("<localSubNet><v6AddrMask><addr>::</addr><prefixLength>129</prefixLength>"
                 "</v6AddrMask></localSubNet>"),
         "prefixLength", "129"},
        {EVENT(DROP "<internalFields><processId>4294967296x</processId></internalFields>"),
         "processId", "process"},
        {EVENT(DROP "<internalFields><capabilities><item>FWP_CAPABILITIES_FLAG_X</item>"
                    "</capabilities></internalFields>"),
         "item", "internet"},
        {EVENT(DROP "<internalFields><terminatingFiltersInfo><item><actionType>FWP_ACTION_X"
                    "</actionType></item></terminatingFiltersInfo></internalFields>"),
         "actionType", "action"},
        {EVENT("<type>FWPM_NET_EVENT_TYPE_OF_TOMORROW</type>"), "type", "type_raw"},
        {EVENT(""), "type", "type_raw"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_unread(rows[i].document, rows[i].what, rows[i].without);
}

/* What could be read is all there, and the first unreadable element is told once an event. */
static void test_unread_keeps_the_rest(void **state)
{
    struct read_back *r =
        one("<item><header><timeStamp>2026-01-02T03:04:05.678Z</timeStamp><ipProtocol>x"
            "</ipProtocol><localPort>y</localPort><remotePort>443</remotePort></header>" DROP
            "<classifyDrop><filterId>9</filterId><layerId>z</layerId></classifyDrop></item>",
            1);
    (void)state;
    assert_string_equal(r->events[0],
                        "\"time\":\"2026-01-02T03:04:05.6780000Z\",\"source\":\"netsh\","
                        "\"kind\":\"classify_drop\",\"remote\":{\"port\":443},"
                        "\"filter\":{\"id\":9},\"partial\":true}");
    assert_non_null(readback_log(r, "ipProtocol (memory, offset 0)"));
    readback_free(r);
}

/* Elements and flags that nobody knows yet are no damage. */
static void test_unknown_elements(void **state)
{
    (void)state;
    expect("<netEvents><item><header><new/><timeStamp>2026-01-02T03:04:05.678Z</timeStamp>"
           "<flags><item>FWPM_NET_EVENT_FLAG_NEW_SET</item><item>0000011F</item></flags>"
           "<ipProtocol>6</ipProtocol><new><localPort>9</localPort></new>"
           "<localAddrV4>192.0.2.1</localAddrV4><remoteAddrV4>198.51.100.2</remoteAddrV4>"
           "<remotePort>443</remotePort><localPort> 1\r\n</localPort></header>"
           "<type>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP</type><new><deeper><filterId>1</filterId>"
           "</deeper></new><internalFields><serviceSids/><compartmentId>1</compartmentId>"
           "</internalFields></item></netEvents>",
           "classify_drop", "", "");
}

/* ---- limits --------------------------------------------------------------------------------- */

static void test_too_much(void **state)
{
    static char text[600 * 1024];
    size_t n = 0;
    (void)state;
    n += (size_t)snprintf(text, sizeof text, "%s", "<item><header><appId><data>");
    for (int i = 0; i < 40000; i++, n += 4)
        memcpy(text + n, "6100", 4);
    n += (size_t)snprintf(text + n, sizeof text - n,
                          "</data></appId></header>" DROP
                          "<internalFields><terminatingFiltersInfo>");
    for (int i = 1; i <= NETSH_FILTERS_MAX + 3; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "<item><filterId>%d</filterId></item>", i);
    (void)snprintf(text + n, sizeof text - n, "%s",
                   "</terminatingFiltersInfo></internalFields></item>");
    struct read_back *r = one(text, 0);
    assert_int_equal(r->truncated, 1);
    assert_non_null(strstr(r->events[0], "aaaa\"}"));
    assert_non_null(strstr(r->events[0], "{\"filter_id\":63},{\"filter_id\":67}]"));
    readback_free(r);
}

static void test_many_groups(void **state)
{
    static char text[64 * 1024];
    size_t n = 0;
    (void)state;
    n += (size_t)snprintf(text, sizeof text, "%s",
                          "<item><header/>" DROP "<ikeMmFailure><localPrincipalGroupSids>");
    for (int i = 0; i < 600; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "<item>S-1-5-%d</item>", i);
    (void)snprintf(text + n, sizeof text - n, "%s",
                   "</localPrincipalGroupSids></ikeMmFailure></item>");
    struct read_back *r = one(text, 0);
    assert_int_equal(r->truncated, 1);
    assert_non_null(strstr(r->events[0], "\"local_groups\":\"S-1-5-0 S-1-5-1 "));
    readback_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_classify),
        cmocka_unit_test(test_other_bodies),
        cmocka_unit_test(test_ike),
        cmocka_unit_test(test_subnets),
        cmocka_unit_test(test_internal_fields),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_data_and_as_string),
        cmocka_unit_test(test_unread),
        cmocka_unit_test(test_unread_keeps_the_rest),
        cmocka_unit_test(test_unknown_elements),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_many_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
