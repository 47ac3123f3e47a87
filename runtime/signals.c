/* signals.c -- interrupts are counted, and the second one leaves at once.
 *
 * What the journal holds is synced before each call, so leaving in the middle of
 * anything is safe: the next run settles what was open.
 */
#define _GNU_SOURCE
#include "host.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define EXIT_INTERRUPTED 3

static volatile sig_atomic_t interrupts;
static char last_words[1024]; /* of a process that used up its CPU time */
static size_t last_words_bytes;
static int last_code;

static void on_interrupt(int number)
{
    (void)number;
    interrupts = interrupts + 1;
    if (interrupts > 1)
        _exit(EXIT_INTERRUPTED);
}

static void on_cpu_limit(int number)
{
    (void)number;
    if (write(STDERR_FILENO, last_words, last_words_bytes) < 0)
        _exit(last_code); /* nobody to tell */
    _exit(last_code);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction old, action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
        return;                       /* nohup and background jobs: whoever started us decided */
    sigaction(number, &action, NULL); /* no SA_RESTART: a wait must wake up */
}

void signals_open(void)
{
    handle(SIGINT, on_interrupt);
    handle(SIGTERM, on_interrupt);
    signal(SIGPIPE, SIG_IGN); /* a peer that hangs up is an error, not our end; */
    signal(SIGXFSZ, SIG_IGN); /* so is a file that may grow no larger */
}

const volatile sig_atomic_t *signals_interrupts(void)
{
    return &interrupts;
}

int signals_cpu_limit(long limit_ms, const char *farewell, size_t len, int code)
{
    struct itimerval timer = {.it_value = {limit_ms / 1000, limit_ms % 1000 * 1000}};
    struct sigaction action = {.sa_handler = on_cpu_limit};
    sigemptyset(&action.sa_mask);
    last_words_bytes = len < sizeof last_words ? len : sizeof last_words;
    memcpy(last_words, farewell, last_words_bytes);
    last_code = code;
    if (sigaction(SIGPROF, &action, NULL) < 0)
        return -1;
    return setitimer(ITIMER_PROF, &timer, NULL);
}
