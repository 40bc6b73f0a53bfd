/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * wfpwatch completion: what makes a shell complete commands and options. It is made from the tables
 * that the commands read their options with, so that it cannot know others. */
#include <string.h>

#include "command/commands.h"
#include "input/reading.h"
#include "view/buffer.h"
#include "view/diagnostics.h"
#include "view/print.h"

static const char help[] =
    "usage: wfpwatch completion SHELL\n"
    "\n"
    "Prints a script with which SHELL (bash, zsh, fish or powershell) completes the\n"
    "commands and options of wfpwatch. For the current session:\n"
    "\n"
    "  bash        source <(wfpwatch completion bash)\n"
    "  zsh         source <(wfpwatch completion zsh), after compinit\n"
    "  fish        wfpwatch completion fish | source\n"
    "  powershell  wfpwatch completion powershell | Out-String | Invoke-Expression\n"
    "\n"
    "and permanently in the shell's own start file.\n";

enum { HELP = 1 };
const struct option cmd_completion_options[] = {
    {"--help", HELP, false}, {"-h", HELP, false}, {NULL, 0, false}};

#define FORMATS "text json ecs ocsf asim csv arrow html" /* no command has all of them */

/* The words that an option's value may be; NULL: any, "": a file. */
static const char *values_of(const char *option)
{
    static const struct {
        const char *option, *values;
    } rows[] = {{"--format", FORMATS},
                {"--color", "auto always never"},
                {"--windows", "7 8 10 1803 11"},
                {"--only", "audit"},
                {"--names", ""},
                {"--output", ""},
                {"--state", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(option, rows[i].option) == 0)
            return rows[i].values;
    return NULL;
}

/* Gives each option that is complete, its own ones and the common ones. */
static void each_option(struct buffer *b, const struct command *c,
                        void (*put)(struct buffer *b, const struct command *c,
                                    const struct option *o))
{
    const struct option *tables[] = {c->options, option_common};
    for (size_t t = 0; t < 2; t++)
        for (const struct option *o = tables[t]; o->name != NULL; o++)
            if (strlen(o->name) > 2)
                put(b, c, o);
}

static void put_name(struct buffer *b, const struct command *c, const struct option *o)
{
    (void)c;
    buffer_puts(b, " ");
    buffer_puts(b, o->name);
}

static void put_commands(struct buffer *b)
{
    for (const struct command *c = commands; c->name != NULL; c++) {
        buffer_puts(b, c->name);
        buffer_puts(b, " ");
    }
    buffer_puts(b, "help");
}

/* "--a|--b": options of any command whose values are these words, or files. */
static void put_options_with(struct buffer *b, const char *values)
{
    static const char *const names[] = {"--format", "--color",  "--windows", "--only",
                                        "--names",  "--output", "--state"};
    const char *between = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(values_of(names[i]), values) == 0) {
            buffer_puts(b, between);
            buffer_puts(b, names[i]);
            between = "|";
        }
}

/* ---- bash and zsh --------------------------------------------------------------------------- */

/* The cases of a shell's 'case'. */
static void put_value_cases(struct buffer *b)
{
    static const char *const lists[] = {FORMATS, "auto always never", "7 8 10 1803 11", "audit"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        buffer_puts(b, "        ");
        put_options_with(b, lists[i]);
        buffer_puts(b, ") words='");
        buffer_puts(b, lists[i]);
        buffer_puts(b, "' ;;\n");
    }
}

static void put_value_options(struct buffer *b, const struct command *c, const struct option *o)
{
    (void)c;
    if (o->takes_value && values_of(o->name) == NULL) {
        buffer_puts(b, "|");
        buffer_puts(b, o->name);
    }
}

static void put_option_cases(struct buffer *b)
{
    for (const struct command *c = commands; c->name != NULL; c++) {
        buffer_puts(b, "            ");
        buffer_puts(b, c->name);
        buffer_puts(b, ") words='");
        each_option(b, c, put_name);
        buffer_puts(b, "' ;;\n");
    }
}

/* Sets 'words' to what may stand after 'last' in a command line whose command is 'command', and
 * 'files' when that may be a file. */
static void put_choice(struct buffer *b)
{
    buffer_puts(b, "    words='' files=''\n    case $last in\n");
    put_value_cases(b);
    buffer_puts(b, "        ");
    put_options_with(b, "");
    buffer_puts(b, ") files=1 ;;\n        -");
    for (const struct command *c = commands; c->name != NULL; c++)
        each_option(b, c, put_value_options);
    buffer_puts(b, ") ;;\n        *) case $command in\n");
    put_option_cases(b);
    buffer_puts(b, "            help) words='");
    put_commands(b);
    buffer_puts(b, "' ;;\n            '') words='--help --version ");
    put_commands(b);
    buffer_puts(b, "' ;;\n        esac\n"
                   "        case $command in\n"
                   "            completion) words=\"$words bash zsh fish powershell\" ;;\n"
                   "            audit) words=\"$words set backup restore\" files=1 ;;\n"
                   "            help) ;;\n"
                   "            *) files=1 ;;\n"
                   "        esac ;;\n    esac\n");
}

static void put_bash(struct buffer *b)
{
    buffer_puts(b, "_wfpwatch() {\n"
                   "    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}\n"
                   "    local command='' words files\n"
                   "    [ \"$COMP_CWORD\" -gt 1 ] && command=${COMP_WORDS[1]}\n");
    put_choice(b);
    buffer_puts(b, "    case $word in -*) files='' ;; esac\n"
                   "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                   "    if [ -n \"$files\" ]; then\n"
                   "        compopt -o filenames 2>/dev/null\n"
                   "        local IFS=$'\\n'\n"
                   "        COMPREPLY+=($(compgen -f -- \"$word\"))\n"
                   "    fi\n"
                   "}\n"
                   "complete -F _wfpwatch wfpwatch\n");
}

static void put_zsh(struct buffer *b)
{
    buffer_puts(b, "#compdef wfpwatch\n"
                   "_wfpwatch() {\n"
                   "    local last=${words[CURRENT-1]} command='' choice files\n"
                   "    (( CURRENT > 2 )) && command=${words[2]}\n"
                   "    local -a line; line=(\"${(@)words}\")\n"
                   "    local words\n");
    put_choice(b);
    buffer_puts(b, "    choice=$words\n"
                   "    [[ -n $choice ]] && compadd -- ${=choice}\n"
                   "    [[ -n $files ]] && _files\n"
                   "}\n"
                   "compdef _wfpwatch wfpwatch\n");
}

/* ---- fish ----------------------------------------------------------------------------------- */

static void put_fish_option(struct buffer *b, const struct command *c, const struct option *o)
{
    const char *values = values_of(o->name);
    buffer_puts(b, "complete -c wfpwatch -n '__fish_seen_subcommand_from ");
    buffer_puts(b, c->name);
    buffer_puts(b, "' -l ");
    buffer_puts(b, o->name + 2);
    if (o->takes_value)
        buffer_puts(b, values != NULL && values[0] == 0 ? " -r -F" : " -x");
    if (values != NULL && values[0] != 0) {
        buffer_puts(b, " -a '");
        buffer_puts(b, values);
        buffer_puts(b, "'");
    }
    buffer_puts(b, "\n");
}

static void put_fish(struct buffer *b)
{
    for (const struct command *c = commands; c->name != NULL; c++) {
        buffer_puts(b, "complete -c wfpwatch -n __fish_use_subcommand -a ");
        buffer_puts(b, c->name);
        buffer_puts(b, " -d '");
        buffer_puts(b, c->what);
        buffer_puts(b, "'\n");
        each_option(b, c, put_fish_option);
    }
    buffer_puts(b, "complete -c wfpwatch -n '__fish_seen_subcommand_from completion' -f "
                   "-a 'bash zsh fish powershell'\n"
                   "complete -c wfpwatch -n '__fish_seen_subcommand_from audit' "
                   "-a 'set backup restore'\n");
}

/* ---- PowerShell ----------------------------------------------------------------------------- */

static void put_quoted(struct buffer *b, const char *words)
{
    buffer_puts(b, "@('");
    for (; *words != 0; words++) {
        if (*words == ' ')
            buffer_puts(b, "', '");
        else
            buffer_put(b, words, 1);
    }
    buffer_puts(b, "')");
}

static void put_powershell_table(struct buffer *b)
{
    struct buffer names = {0};
    for (const struct command *c = commands; c->name != NULL; c++) {
        buffer_clear(&names);
        each_option(&names, c, put_name);
        buffer_put(&names, "", 1);
        buffer_puts(b, "        '");
        buffer_puts(b, c->name);
        buffer_puts(b, "' = ");
        if (!names.failed)
            put_quoted(b, names.p + 1);
        buffer_puts(b, "\n");
    }
    b->failed |= names.failed;
    buffer_free(&names);
}

static void put_powershell(struct buffer *b)
{
    buffer_puts(b, "Register-ArgumentCompleter -Native -CommandName wfpwatch -ScriptBlock {\n"
                   "    param($word, $ast, $cursor)\n"
                   "    $options = @{\n");
    put_powershell_table(b);
    buffer_puts(b, "    }\n    $values = @{\n        '--format' = ");
    put_quoted(b, FORMATS);
    buffer_puts(b, "\n        '--color' = @('auto', 'always', 'never')\n"
                   "        '--windows' = @('7', '8', '10', '1803', '11')\n"
                   "        '--only' = @('audit')\n"
                   "    }\n"
                   "    $line = @($ast.CommandElements | ForEach-Object { $_.ToString() })\n"
                   "    if ($word -ne '') { $line = @($line | Select-Object -SkipLast 1) }\n"
                   "    $last = $line[-1]\n"
                   "    if ($values.ContainsKey($last)) { $choice = $values[$last] }\n"
                   "    elseif ($line.Count -lt 2) { $choice = @($options.Keys | Sort-Object) + "
                   "@('help', '--help', '--version') }\n"
                   "    elseif ($line[1] -eq 'completion') { $choice = @('bash', 'zsh', 'fish', "
                   "'powershell') }\n"
                   "    else { $choice = $options[$line[1]] }\n"
                   "    if ($line.Count -eq 2 -and $line[1] -eq 'audit') { $choice += @('set', "
                   "'backup', 'restore') }\n"
                   "    $choice | Where-Object { $_ -like \"$word*\" } | ForEach-Object {\n"
                   "        [System.Management.Automation.CompletionResult]::new($_, $_, "
                   "'ParameterValue', $_)\n"
                   "    }\n"
                   "}\n");
}

/* ---- the command ---------------------------------------------------------------------------- */

static int print_for(int shell)
{
    static void (*const puts[])(struct buffer * b) = {put_bash, put_zsh, put_fish, put_powershell};
    struct buffer b = {0};
    puts[shell](&b);
    buffer_put(&b, "", 1);
    int status = EXIT_FAILED;
    if (b.failed)
        diagnostics_print(wfpw_strerror(WFPW_E_NOMEM), (const char *)NULL);
    else
        status = print_text(b.p);
    buffer_free(&b);
    return status;
}

int cmd_completion(int count, char **list)
{
    static const char *const shells[] = {"bash", "zsh", "fish", "powershell", NULL};
    struct arguments a = {.command = "completion", .count = count, .list = list};
    int id, shell = -1;
    while ((id = option_next(&a, cmd_completion_options)) != OPTION_END) {
        a.name = "completion";
        if (id == HELP)
            return print_text(help);
        if (id != OPTION_OPERAND || !option_word(&a, shells, &shell))
            return EXIT_USAGE;
    }
    return shell >= 0 ? print_for(shell)
                      : diagnostics_usage("completion", "a shell is missing", "");
}
