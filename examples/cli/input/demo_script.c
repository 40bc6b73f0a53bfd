/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors */
#include "input/demo_script.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform/term.h"
#include "view/diagnostics.h"

enum { SCRIPT_MAX = 16 << 20, STEP = 64 * 1024 };

#define VOLUME   "\\device\\harddiskvolume3"
#define SYSTEM32 VOLUME "\\windows\\system32"
#define EDGE     "\"" VOLUME "\\program files (x86)\\microsoft\\edge\\application\\msedge.exe\""
#define SVCHOST  "app=" SYSTEM32 "\\svchost.exe"
#define HOST     "local=192.0.2.10"
#define HOST6    "local=[2001:db8:10::10]"
#define ALICE    "S-1-5-21-1004336348-1177238915-682003330-1001"
#define USER     " user=" ALICE
#define NETWORK  " user=S-1-5-20"
#define PACKAGE                                                                                    \
    " package=S-1-15-2-2551677095-2355568638-4209445997-2436930744-3692183382-387691378-"          \
    "1866284433"

#define FIREWALL   " provider=FWPM_PROVIDER_MPSSVC_WF"
#define RULES      FIREWALL " sublayer=FWPM_SUBLAYER_MPSSVC_WF"
#define AGENT      "{5a2b9a36-1f0e-4c11-9e2a-0d6f3c7a1b52}"
#define QUERY_USER "{0d4c7b1e-52a3-4a0c-8f5e-3b1f9d2c6a01}"
#define STEALTH    "{0d4c7b1e-52a3-4a0c-8f5e-3b1f9d2c6a02}"
#define ISOLATION  "{0d4c7b1e-52a3-4a0c-8f5e-3b1f9d2c6a03}"

/* A firewall with its defaults and two rules, and an agent that has put a tool into quarantine. */
const char demo_script_host[] =
    "drive C: " VOLUME "\n"
    "account " ALICE " DESK\\alice\n"
    "socket protocol=tcp local=0.0.0.0:135 process=1012 service=RpcEptMapper age=86400000 " SVCHOST
    "\n"
    "socket protocol=tcp local=0.0.0.0:3389 process=1188 service=TermService age=86000000 " SVCHOST
    "\n"
    "socket protocol=tcp local=[::]:445 process=4 age=86300000\n"
    "socket protocol=udp local=0.0.0.0:5353 process=2260 service=Dnscache age=5000000 " SVCHOST "\n"
    "socket protocol=tcp " HOST ":49812 remote=198.51.100.23:443 process=7340 age=60000 app=" EDGE
    "\n"
    "auditpol connection both\n"
    "auditpol packet-drop failure\n"
    "context key=" QUERY_USER FIREWALL " data=\"Query User Default\"\n"
    "context key=" STEALTH FIREWALL " data=\"Stealth\"\n"
    "context key=" ISOLATION FIREWALL " data=\"AppContainer Loopback\"\n"
    "filter id=68007 layer=44 context=" QUERY_USER RULES " name=\"Inbound without a rule\"\n"
    "filter id=68012 layer=13 context=" STEALTH RULES " name=\"Nobody listens there\"\n"
    "filter id=68019 layer=44 context=" QUERY_USER RULES " name=\"Inbound ICMP without a rule\"\n"
    "filter id=68088 layer=48 context=" ISOLATION RULES " name=\"Loopback of packaged apps\"\n"
    "filter id=68302 layer=48 action=permit" RULES " name=\"Outbound may pass\"\n"
    "filter id=68411 layer=48 action=permit" RULES " name=\"Names may be looked up\" "
    "condition=\"remote port = 53\"\n"
    "filter id=68415 layer=48 action=permit" RULES " name=\"The time may be asked\" "
    "condition=\"remote port = 123\"\n"
    "provider key=" AGENT " name=\"Example Agent\"\n"
    "filter id=71264 layer=48 provider=" AGENT " name=\"Quarantine: updchk.exe\" "
    "condition=\"app id = " VOLUME "\\users\\public\\libraries\\updchk.exe\"\n"
    "filter id=71270 layer=50 provider=" AGENT " name=\"No mail from browsers\" "
    "condition=\"remote port = 25\"\n";

/* A morning on a workstation: names are looked up, a browser works, a tool in a public folder is
 * kept from calling home, strangers knock, and two store apps want more than they may. */
const char demo_script_default[] =
    "wait 34200000\n"
    "sleep 100\n"
    "allow protocol=udp direction=out " HOST
    ":55120 remote=192.0.2.1:53 filter=68411 layer=48 " SVCHOST NETWORK "\n"
    "sleep 150\n"
    "allow protocol=tcp direction=out " HOST ":49812 remote=198.51.100.23:443 filter=68302 "
    "layer=48 app=" EDGE USER "\n"
    "sleep 250\n"
    "drop protocol=tcp direction=out " HOST ":49813 remote=203.0.113.66:443 filter=71264 layer=48 "
    "app=" VOLUME "\\users\\public\\libraries\\updchk.exe" USER "\n"
    "audit 5157 version=1 ProcessID=5316 "
    "Application=" VOLUME "\\users\\public\\libraries\\updchk.exe Direction=%%14593 "
    "SourceAddress=192.0.2.10 SourcePort=49813 DestAddress=203.0.113.66 DestPort=443 Protocol=6 "
    "FilterRTID=71264 LayerName=%%14611 LayerRTID=48\n"
    "sleep 150\n"
    "drop protocol=tcp direction=out " HOST ":49814 remote=203.0.113.66:8443 filter=71264 layer=48 "
    "app=" VOLUME "\\users\\public\\libraries\\updchk.exe" USER "\n"
    "sleep 250\n"
    "drop protocol=tcp direction=in " HOST
    ":3389 remote=203.0.113.7:51544 filter=68007 layer=44 " SVCHOST NETWORK
    " original=1 current=1\n"
    "sleep 150\n"
    "drop protocol=tcp direction=in " HOST ":445 remote=198.51.100.200:40122 filter=68012 layer=13 "
    "app=System\n"
    "sleep 150\n"
    "drop protocol=icmp direction=in " HOST ":8 remote=203.0.113.7:0 filter=68019 layer=44 "
    "app=System\n"
    "sleep 200\n"
    "drop protocol=tcp direction=out " HOST6 ":49820 remote=[2001:db8:ffff::25]:443 filter=71270 "
    "layer=50 app=" EDGE USER "\n"
    "sleep 150\n"
    "drop protocol=udp direction=in local=224.0.0.251:5353 remote=192.0.2.31:5353 filter=68007 "
    "layer=44 " SVCHOST NETWORK "\n"
    "sleep 200\n"
    "drop protocol=tcp direction=out local=127.0.0.1:49822 remote=127.0.0.1:8080 loopback=yes "
    "filter=68088 layer=48 app=\"" VOLUME "\\program files\\windowsapps\\"
    "example.notes_1.4.2.0_x64__8wekyb3d8bbwe\\notes.exe\"" USER PACKAGE "\n"
    "sleep 150\n"
    "capability_drop protocol=tcp " HOST ":49823 remote=198.51.100.77:443 filter=68090 "
    "capability=0 app=\"" VOLUME "\\program files\\windowsapps\\"
    "example.player_2.0.1.0_x64__8wekyb3d8bbwe\\player.exe\"" USER PACKAGE "\n"
    "sleep 200\n"
    "allow protocol=udp direction=out " HOST ":123 remote=198.51.100.123:123 filter=68415 "
    "layer=48 " SVCHOST " user=S-1-5-19\n";

/* ---- scripts from files --------------------------------------------------------------------- */

static int read_all(struct buffer *b, FILE *f)
{
    size_t got = 1;
    errno = 0;
    while (got > 0 && b->n <= SCRIPT_MAX && buffer_room(b, STEP)) {
        got = fread(b->p + b->n, 1, STEP - 1, f);
        b->n += got;
    }
    if (b->failed)
        return ENOMEM;
    if (ferror(f) != 0)
        return errno != 0 ? errno : EIO;
    return b->n > SCRIPT_MAX ? EFBIG : 0;
}

bool demo_script_load(struct buffer *b, const char *path)
{
    bool standard_input = strcmp(path, "-") == 0;
    FILE *f = standard_input ? stdin : term_open(path);
    int error = f != NULL ? read_all(b, f) : errno;
    if (f != NULL && !standard_input)
        (void)fclose(f);
    if (error != 0) {
        diagnostics_print(path, ": the script cannot be read: ", strerror(error),
                          (const char *)NULL);
        return false;
    }
    buffer_put(b, "", 1);
    return !b->failed;
}

void demo_script_place(const char *script, uint64_t position, unsigned *line, unsigned *column)
{
    *line = *column = 1;
    for (uint64_t i = 0; i < position && script[i] != 0; i++) {
        *line += script[i] == '\n';
        *column = script[i] == '\n' ? 1 : *column + 1;
    }
}
