/* Part of ascend-ipc, Apache-2.0.
 *
 * Programs whose order of execution is up to the runtime, and that say which one it was.
 */
#include <stdatomic.h>
#include <sys/mman.h>

#include "check.h"

enum { STREAMS = 3, TASKS = 10, TURNS = 8 };

static struct board {
    atomic_int count, waiting;
    char letters[256];
} *board;

static void board_make(void) {
    board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    HOLDS(board != MAP_FAILED);
}
static void append(void *letter) { board->letters[atomic_fetch_add(&board->count, 1)] = (char)(size_t)letter; }
static void launch(aclrtStream stream, char letter) {
    OK(aclrtLaunchHostFunc(stream, append, (void *)(size_t)letter));
}

/* Small letters in the order of their stream: a1 is followed by b1, as the event wants. */
static void three_streams_of_host_functions(void) {
    board_make();
    aclrtStream streams[STREAMS] = {stream_of(0), another_stream(), another_stream()};
    aclrtEvent event = NULL;
    OK(aclrtCreateEvent(&event));
    for (int task = 0; task < TASKS; task++) {
        for (int i = 0; i < STREAMS; i++) launch(streams[i], (char)('a' + i));
        if (task == TASKS / 2) {
            launch(streams[0], 'R');
            OK(aclrtRecordEvent(event, streams[0]));
            OK(aclrtStreamWaitEvent(streams[1], event));
            launch(streams[1], 'W');
        }
    }
    for (int i = 0; i < STREAMS; i++) OK(aclrtSynchronizeStream(streams[i]));
    HOLDS(board->count == STREAMS * TASKS + 2);
    HOLDS(strchr(board->letters, 'R') < strchr(board->letters, 'W'));
}

static void a_host_that_comes_back_between_tasks(void) {
    board_make();
    aclrtStream busy = stream_of(0), short_lived = another_stream();
    for (int task = 0; task < 3 * TASKS; task++) launch(busy, 'b');
    for (int task = 0; task < TASKS; task++) {
        launch(short_lived, 's');
        OK(aclrtSynchronizeStream(short_lived)); /* the rest of `busy` goes on meanwhile */
    }
    OK(aclrtSynchronizeStream(busy));
    HOLDS(board->count == 4 * TASKS);
}

static void a_host_that_polls(void) {
    board_make();
    aclrtStream busy = stream_of(0), short_lived = another_stream();
    for (int task = 0; task < 3 * TASKS; task++) launch(busy, 'b');
    for (int task = 0; task < TASKS; task++) {
        launch(short_lived, 's');
        while (!is_idle(short_lived)) {}
    }
    OK(aclrtSynchronizeStream(busy));
    HOLDS(board->count == 4 * TASKS);
}

/* Chance between two tasks: without a schedule hardly two runs are alike. */
static void append_late(void *letter) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    usleep((useconds_t)(now.tv_nsec / 100 % 1500));
    append(letter);
}
static void write_in_turns(char name) {
    char label[] = {name, 0};
    setenv("ASCEND_SIM_PROCESS", label, 1);
    aclrtStream streams[2] = {stream_of(0), another_stream()};
    for (int turn = 0; turn < TURNS; turn++) {
        for (int i = 0; i < 2; i++) {
            OK(aclrtLaunchHostFunc(streams[i], append_late, (void *)(size_t)(name + (i ? 'A' - 'a' : 0))));
        }
    }
    for (int i = 0; i < 2; i++) OK(aclrtSynchronizeStream(streams[i]));
}
static void two_processes_write_in_turns(void) {
    board_make();
    peer other = peer_start(NULL);
    if (other.pid == 0) {
        write_in_turns('b');
        exit(0);
    }
    write_in_turns('a');
    peer_join(&other);
    HOLDS(board->count == 4 * TURNS);
}

/* The task of one process ends when a task of the other has run, which came later. */
static void await_the_other(void *unused) {
    (void)unused;
    board->waiting = 1;
    while (board->count == 0) usleep(1000);
    append((void *)'a');
}
static void a_host_function_waits_for_another_process(void) {
    board_make();
    peer other = peer_start(NULL);
    aclrtStream stream = stream_of(0);
    if (other.pid == 0) {
        while (!board->waiting) usleep(1000);
        launch(stream, 'b');
    } else {
        OK(aclrtLaunchHostFunc(stream, await_the_other, NULL));
    }
    OK(aclrtSynchronizeStream(stream));
    if (other.pid == 0) exit(0);
    peer_join(&other);
}

/* Busy, and not asleep: a task that sleeps gives its turn up. */
static void spin(void *unused) {
    (void)unused;
    board->waiting = 1;
    while (board->waiting == 1) {}
    append((void *)'s');
}
static void a_child_exits_while_its_parents_task_runs(void) {
    board_make();
    aclrtStream stream = stream_of(0);
    OK(aclrtLaunchHostFunc(stream, spin, NULL));
    launch(stream, 'a');
    launch(stream, 'b');
    while (!board->waiting) usleep(1000);
    pid_t child = fork();
    if (child == 0) exit(0);
    int status = 0;
    HOLDS(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    board->waiting = 2;
    OK(aclrtSynchronizeStream(stream));
    HOLDS(strcmp(board->letters, "sab") == 0);
}

/* Two processes that record and wait in turns, each told by the other that a call was made. */
static void play(int socket, aclrtEvent mine, aclrtEvent theirs, aclrtStream stream, int begins) {
    char turn = 0;
    for (int i = 0; i < 100; i++) {
        if (begins) {
            OK(aclrtRecordEvent(mine, stream));
            peer_send(socket, &turn, 1);
        }
        HOLDS(peer_receive(socket, &turn, 1));
        OK(aclrtStreamWaitEvent(stream, theirs));
        if (!begins) {
            OK(aclrtRecordEvent(mine, stream));
            peer_send(socket, &turn, 1);
        }
    }
    OK(aclrtSynchronizeStream(stream));
}
static void a_ping_pong_of_events(void) {
    board_make();
    peer other = peer_start(NULL);
    setenv("ASCEND_SIM_PROCESS", other.pid == 0 ? "b" : "a", 1);
    aclrtStream stream = stream_of(0);
    aclrtEvent mine = ipc_event(), theirs = NULL;
    aclrtIpcEventHandle handle;
    OK(aclrtIpcGetEventHandle(mine, &handle));
    peer_send(other.socket, &handle, sizeof(handle));
    HOLDS(peer_receive(other.socket, &handle, sizeof(handle)));
    OK(aclrtIpcOpenEventHandle(handle, &theirs));
    play(other.socket, mine, theirs, stream, other.pid != 0);
    OK(aclrtDestroyEvent(theirs));
    if (other.pid == 0) exit(0);
    peer_join(&other);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(three_streams_of_host_functions),
    RULE(a_host_that_comes_back_between_tasks),
    RULE(a_host_that_polls),
    RULE(two_processes_write_in_turns),
    RULE(a_host_function_waits_for_another_process),
    RULE(a_child_exits_while_its_parents_task_runs),
    RULE(a_ping_pong_of_events),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            printf("order %s\n", board->letters);
            return 0;
        }
    }
    fprintf(stderr, "usage: schedules NAME\n");
    return 2;
}
