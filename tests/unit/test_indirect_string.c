/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * Indirect strings: which may be followed, and what following them gives. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolve/indirect_string.h"
#include "random.h"
#include "sim/sim.h"
#include "base/text.h"

/* ---- taking apart --------------------------------------------------------------------------- */

static const char system32[] = "C:\\Windows\\system32";

static void test_followed(void **state)
{
    static const struct {
        const char *text, *file;
        uint32_t id;
    } cases[] = {
        {"@FirewallAPI.dll,-25000", "FirewallAPI.dll", 25000},
        {"@bfe.dll,-1217", "bfe.dll", 1217},
        {"@%SystemRoot%\\system32\\FirewallAPI.dll,-25000", "FirewallAPI.dll", 25000},
        {"@%systemroot%\\System32\\svchost.exe,-1", "svchost.exe", 1},
        {"@%windir%\\system32\\a-b_c.1.dll,-65535", "a-b_c.1.dll", 65535},
        {"@c:\\windows\\SYSTEM32\\icsvc.dll,-700", "icsvc.dll", 700},
        {"@netlogon.dll,-1003;a comment", "netlogon.dll", 1003},
        {"@netlogon.dll,-0", "netlogon.dll", 0},
        {"@company.dll,-1", "company.dll", 1}, /* no device, though it starts as one */
        {"@comp.dll,-1", "comp.dll", 1},
    };
    struct indirect_string what;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(indirect_string_split(cases[i].text, system32, &what));
        assert_string_equal(what.file, cases[i].file);
        assert_int_equal(what.id, cases[i].id);
    }
    assert_false(indirect_string_split("@C:\\Windows\\system32\\icsvc.dll,-700", NULL, &what));
    assert_false(
        indirect_string_split("@\\icsvc.dll,-700", "", &what)); /* an unknown folder is none */
}

static void test_not_followed(void **state)
{
    static const char *const texts[] = {
        "@\\\\host\\share\\x.dll,-1",
        "@\\\\?\\UNC\\host\\share\\x.dll,-1",
        "@\\\\.\\pipe\\x.dll,-1",
        "@//host/share/x.dll,-1",
        "@C:\\x\\..\\evil.dll,-1",
        "@C:\\Windows\\system32\\..\\evil.dll,-1",
        "@C:\\Windows\\system32\\drivers\\tcpip.sys,-1",
        "@%SystemRoot%\\system32\\..\\evil.dll,-1",
        "@%SystemRoot%\\evil.dll,-1",
        "@%SystemRoot%\\system32\\\\evil.dll,-1",
        "@%TEMP%\\evil.dll,-1",
        "@%TEMP%\\system32\\evil.dll,-1",
        "@D:\\Windows\\system32\\evil.dll,-1",
        "@C:evil.dll,-1",
        "@..\\evil.dll,-1",
        "@.\\evil.dll,-1",
        "@..,-1",
        "@.dll,-1",
        "@evil.dll.,-1",
        "@evil,-1",
        "@evil.dll:stream,-1",
        "@evil.dll ,-1",
        "@ evil.dll,-1",
        "@evil/x.dll,-1",
        "@\xC3\xA9.dll,-1",
        "@con.dll,-1",
        "@NUL.dll,-1",
        "@com1.dll,-1",
        "@LPT9.txt,-1",
        "@aux,-1",
        "@bfe.dll,1217",
        "@bfe.dll,-",
        "@bfe.dll,--1",
        "@bfe.dll,-65536",
        "@bfe.dll,-99999999999999999999999",
        "@bfe.dll,-0x10",
        "@bfe.dll,-1 ",
        "@bfe.dll,-1,2",
        "@bfe.dll,",
        "@bfe.dll",
        "@,-1",
        "@",
        "",
        "bfe.dll,-1217",
        "Core Networking - DNS (UDP-Out)",
        "@{Microsoft.Todos_2.0_x64__8wekyb3d8bbwe?ms-resource://Microsoft.Todos/Resources/Name}",
        "ms-resource:Name",
    };
    static char longest[200] = "@";
    struct indirect_string what;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (indirect_string_split(texts[i], system32, &what))
            fail_msg("%s would be followed to %s", texts[i], what.file);
    memset(longest + 1, 'a', INDIRECT_STRING_FILE_MAX - 4);
    memcpy(longest + INDIRECT_STRING_FILE_MAX - 3, ".dll,-1", 8);
    assert_false(indirect_string_split(longest, system32, &what));
    memcpy(longest + INDIRECT_STRING_FILE_MAX - 4, ".dll,-1", 8);
    assert_true(indirect_string_split(longest, system32, &what));
    assert_int_equal(strlen(what.file), INDIRECT_STRING_FILE_MAX - 1);
}

/* Whatever the text: what is followed is a plain name. */
static void test_random(void **state)
{
    static const char *const pieces[] = {"@",    ",",  "-",  "\\",  "/",
                                         ":",    "..", ".",  "a",   "dll",
                                         "1",    ";",  "%",  "con", "x",
                                         "\xFF", ",-", "@a", ".dl", "l",
                                         ".exe", "{",  "?",  " ",   "%SystemRoot%\\System32\\"};
    uint64_t seed = 7;
    int followed = 0;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[256] = "";
        struct indirect_string what;
        size_t n = 0, count = random_below(&seed, 10);
        for (size_t k = 0; k < count; k++) {
            const char *piece = pieces[random_below(&seed, sizeof pieces / sizeof *pieces)];
            memcpy(text + n, piece, strlen(piece) + 1);
            n += strlen(piece);
        }
        char *exact = malloc(n + 1);
        memcpy(exact, text, n + 1);
        bool is_followed = indirect_string_split(exact, system32, &what);
        free(exact);
        if (!is_followed)
            continue;
        followed++;
        assert_null(strpbrk(what.file, "\\/:%@ ,;?{\xFF"));
        assert_null(strstr(what.file, "con."));
        assert_true(what.file[0] != '.' && what.file[0] != 0);
    }
    assert_true(followed > 0);
}

/* ---- following ------------------------------------------------------------------------------ */

/* As who shows a name does it: its length, or 0 when there is no other text for it. */
static size_t follow(const struct wfpw_system *system, const char *text,
                     char room[INDIRECT_STRING_TEXT_MAX])
{
    char folder[INDIRECT_STRING_FOLDER_MAX];
    struct indirect_string what;
    indirect_string_folder(system, folder);
    return indirect_string_split(text, folder, &what) ? indirect_string_load(system, &what, room)
                                                      : 0;
}

static void play(wfpw_sim *sim, const char *script)
{
    assert_int_equal(wfpw_sim_play(sim, script, NULL), WFPW_OK);
}

static void test_text(void **state)
{
    wfpw_sim *sim;
    char room[INDIRECT_STRING_TEXT_MAX];
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    const struct wfpw_system *system = wfpw_sim_system(sim);
    play(sim,
         "string FirewallAPI.dll 25000 \"Core Networking\"; string bfe.dll 1 \"\\u00e9\\ud800\";"
         "string bfe.dll 2 \"\"");
    assert_int_equal(follow(system, "@FirewallAPI.dll,-25000", room), 15);
    assert_string_equal(room, "Core Networking");
    assert_int_equal(follow(system, "@firewallapi.DLL,-25000", room), 15);
    assert_int_equal(follow(system, "@C:\\WINDOWS\\System32\\bfe.dll,-1", room), 5);
    assert_string_equal(room, "\xC3\xA9\xEF\xBF\xBD");
    play(sim, "string bfe.dll 4 \"a\\u0000b\"");
    assert_int_equal(follow(system, "@bfe.dll,-4", room), 5);
    assert_string_equal(room, "a\xEF\xBF\xBD"
                              "b");                           /* a resource may hold NULs */
    assert_int_equal(follow(system, "@bfe.dll,-2", room), 0); /* empty */
    assert_int_equal(follow(system, "@bfe.dll,-3", room), 0); /* not there */
    assert_int_equal(follow(system, "a name", room), 0);
    play(sim, "fail call=LoadLibraryExW code=5");
    assert_int_equal(follow(system, "@bfe.dll,-1", room), 0);
    assert_int_equal(follow(system, "@bfe.dll,-1", room), 5);
    play(sim, "fail call=GetSystemDirectoryW code=5 times=2"); /* then no whole path will do */
    assert_int_equal(follow(system, "@C:\\WINDOWS\\System32\\bfe.dll,-1", room), 0);
    assert_int_equal(follow(system, "@bfe.dll,-1", room), 5);
    wfpw_sim_free(sim);
}

/* A share is not even looked for: no file is loaded. */
static void test_nothing_is_loaded(void **state)
{
    wfpw_sim *sim;
    char room[INDIRECT_STRING_TEXT_MAX];
    (void)state;
    assert_int_equal(wfpw_sim_new(11, &sim), WFPW_OK);
    play(sim, "string x.dll 1 text; hang call=LoadLibraryExW");
    assert_int_equal(follow(wfpw_sim_system(sim), "@\\\\host\\share\\x.dll,-1", room), 0);
    assert_int_equal(follow(wfpw_sim_system(sim), "@C:\\x\\..\\x.dll,-1", room), 0);
    play(sim, "release");
    wfpw_sim_free(sim);
}

static void test_no_functions(void **state)
{
    const struct system_places none = {0};
    const struct wfpw_system bare = {0}, empty = {.places = &none};
    char room[INDIRECT_STRING_TEXT_MAX];
    (void)state;
    assert_int_equal(follow(&bare, "@bfe.dll,-1", room), 0);
    assert_int_equal(follow(&empty, "@bfe.dll,-1", room), 0);
}

/* ---- this host ------------------------------------------------------------------------------ */

/* Some file of any Windows, of Wine as well, has strings; which ones differs. */
static void test_this_host(void **state)
{
    static const char *const files[] = {"shell32.dll", "FirewallAPI.dll", "user32.dll",
                                        "comctl32.dll", "kernel32.dll"};
    const struct wfpw_system system = {.places = system_host_places()};
    char room[INDIRECT_STRING_TEXT_MAX], text[64];
    int found = 0;
    (void)state;
    if (system.places == NULL)
        skip();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (unsigned id = 0; id < 600; id++) {
            (void)snprintf(text, sizeof text, "@%s,-%u", files[i], id);
            size_t n = follow(&system, text, room);
            assert_int_equal(n, n != 0 ? strlen(room) : 0);
            assert_int_equal(text_utf8_valid(room, n), n);
            found += n != 0;
        }
    assert_true(found > 0);
    assert_int_equal(follow(&system, "@no-such-file.dll,-1", room), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_followed),
        cmocka_unit_test(test_not_followed),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_nothing_is_loaded),
        cmocka_unit_test(test_no_functions),
        cmocka_unit_test(test_this_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
