/* Part of ascend-ipc, Apache-2.0. An event is recorded although it was destroyed. */
#include "../check.h"

int main(void) {
    aclrtStream stream = stream_of(0);
    aclrtEvent event = NULL;
    OK(aclrtCreateEvent(&event)); /* other */
    OK(aclrtDestroyEvent(event)); /* there */
    ANSWERS(107017, aclrtRecordEvent(event, stream)); /* here */
    OK(aclrtDestroyStream(stream));
    return 0;
}
