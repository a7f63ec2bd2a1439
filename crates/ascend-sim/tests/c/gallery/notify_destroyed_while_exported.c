/* Part of ascend-ipc, Apache-2.0. The creator destroys a notify while another process has it open. */
#include "../check.h"

static void importer(int creator) {
    OK(aclrtSetDevice(1));
    char key[65];
    HOLDS(peer_receive(creator, key, sizeof(key)));
    aclrtNotify notify = NULL;
    OK(aclrtNotifyImportByKey(&notify, key, 0)); /* there */
    peer_send(creator, "o", 1);
    char destroyed;
    HOLDS(peer_receive(creator, &destroyed, 1));
    OK(aclrtDestroyNotify(notify));
}

int main(void) {
    peer other = peer_start(importer);
    OK(aclrtSetDevice(0));
    aclrtNotify notify = NULL;
    OK(aclrtCreateNotify(&notify, 0));
    char key[65];
    OK(aclrtNotifyGetExportKey(notify, key, sizeof(key), ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION)); /* other */
    peer_send(other.socket, key, sizeof(key));
    char opened;
    HOLDS(peer_receive(other.socket, &opened, 1));
    OK(aclrtDestroyNotify(notify)); /* here: too early */
    peer_send(other.socket, "d", 1);
    peer_join(&other);
    return 0;
}
