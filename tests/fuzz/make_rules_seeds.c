/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * make_rules_seeds FOLDER: files of firewall rules in every form, as seeds for fuzz_rules_file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "writer/hive_writer.h"

#define RULE                                                                                       \
    "v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|LPort2_10=5000-5020|RA42=IntErnet|" \
    "Profile=Public|App=%SystemRoot%\\\\x.exe|Svc=s|Name=@FirewallAPI.dll,-1|EmbedCtxt=g|"
#define KEY                                                                                        \
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\"         \
    "FirewallPolicy\\FirewallRules]\r\n"

static int write_seed(const char *folder, const char *name, const void *p, size_t n)
{
    char path[1000];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL)
        return 1;
    int failed = fwrite(p, 1, n, f) != n;
    return fclose(f) != 0 || failed;
}

static int write_text(const char *folder, const char *name, const char *text)
{
    return write_seed(folder, name, text, strlen(text));
}

static int write_wide(const char *folder, const char *name, const char *text)
{
    size_t n = strlen(text);
    uint8_t *wide = calloc(n + 2, 2);
    if (wide == NULL)
        return 1;
    wide[0] = 0xFF;
    wide[1] = 0xFE;
    for (size_t i = 0; i < n; i++)
        wide[2 + 2 * i] = (uint8_t)text[i];
    int failed = write_seed(folder, name, wide, 2 * n + 2);
    free(wide);
    return failed;
}

static int write_hives(const char *folder)
{
    static const struct hive_value values[] = {
        {"DomainProfile", "EnableFirewall", "1", 1},
        {"FirewallRules", "{A}", RULE, 0},
        {"RestrictedServices\\Static\\System", "S-1", "V2.0|Action=Block|Dir=in|", 0},
        {"Select", "Current", "1", 1},
        {"ControlSet001\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules", "b b",
         RULE, 0},
    };
    int failed = 0;
    for (uint32_t style = 0; style < HIVE_STYLES; style += 3) {
        char name[32];
        size_t n;
        uint8_t *p = hive_write(values, sizeof values / sizeof *values, style, &n);
        (void)snprintf(name, sizeof name, "hive%02x", (unsigned)style);
        failed |= write_seed(folder, name, p, n);
        free(p);
    }
    return failed;
}

int main(int argc, char **argv)
{
    static const char reg[] = "Windows Registry Editor Version 5.00\r\n\r\n" KEY "\"{A}\"=\"" RULE
                              "\"\r\n\"b\"=hex(2):76,00,32,00,\\\r\n  2e,00\r\n"
                              "\"c\"=dword:1\r\n;x\r\n[-HKLM\\x]\r\n";
    static const char json[] = "[{\"CimClass\":{\"a\":[1]},\"Name\":\"{A}\",\"InstanceID\":\"{A}\","
                               "\"DisplayName\":\"\\u00e9"
                               "\\ud83d\\ude00\",\"Enabled\":1,\"Direction\":1,\"Action\":2,"
                               "\"Profile\":7,\"LocalPort\":[\"80\","
                               "\"443\"],\"Protocol\":\"TCP\",\"Owner\":null}]";
    static const char csv[] =
        "#TYPE x\r\n\"Name\";\"DisplayName\";\"Enabled\";\"Direction\";\"Action\";"
        "\"LocalPort\"\r\n\"{A}\";\"a \"\"b\"\"\r\nc\";\"True\";\"Inbound\";"
        "\"Allow\";\"80, 443\"\r\n";
    static const char netsh[] =
        "\r\nRule Name: x\r\n--------------------------------------------\r\n"
        "LocalIP: Any\r\nRemoteIP: Any\r\n";
    if (argc != 2)
        return 1;
    const char *to = argv[1];
    return write_text(to, "reg", reg) | write_wide(to, "reg-wide", reg) |
           write_text(to, "json", json) | write_text(to, "csv", csv) |
           write_text(to, "netsh", netsh) |
           write_text(to, "console", "Name\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl\n") | write_hives(to);
}
