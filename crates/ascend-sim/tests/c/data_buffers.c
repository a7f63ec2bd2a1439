/* Part of ascend-ipc, Apache-2.0.
 *
 * Data buffers, data types, numbers of half precision. Each rule is a function; the program runs the one that is named on its
 * command line.
 */
#include "check.h"

static void a_buffer_holds_an_address_and_a_size(void) {
    static char memory[64], other[8];
    aclDataBuffer *buffer = aclCreateDataBuffer(memory, sizeof(memory)); /* needs neither aclInit nor a device */
    HOLDS(buffer != NULL);
    aclDataBuffer *second = aclCreateDataBuffer(NULL, 0);
    HOLDS(second != NULL && second != buffer);
    HOLDS(aclGetDataBufferAddr(buffer) == memory && aclGetDataBufferSizeV2(buffer) == 64);
    HOLDS(aclGetDataBufferAddr(second) == NULL && aclGetDataBufferSizeV2(second) == 0);
    OK(aclUpdateDataBuffer(buffer, other, sizeof(other)));
    HOLDS(aclGetDataBufferAddr(buffer) == other && aclGetDataBufferSizeV2(buffer) == 8);
    OK(aclUpdateDataBuffer(second, memory, (size_t)5 << 40));
    HOLDS(aclGetDataBufferAddr(second) == memory && aclGetDataBufferSizeV2(second) == (size_t)5 << 40);
    OK(aclDestroyDataBuffer(buffer));
    HOLDS(aclGetDataBufferAddr(second) == memory); /* the other one stays */
    OK(aclDestroyDataBuffer(second));
    HOLDS(memory[0] == 0);
}

static void what_is_no_buffer_is_refused(void) {
    aclDataBuffer *buffer = aclCreateDataBuffer(NULL, 7);
    OK(aclDestroyDataBuffer(buffer));
    ANSWERS(107017, aclDestroyDataBuffer(buffer));
    ANSWERS(107017, aclUpdateDataBuffer(buffer, NULL, 0));
    ANSWERS(100000, aclDestroyDataBuffer(NULL));
    ANSWERS(100000, aclUpdateDataBuffer(NULL, NULL, 0));
    while (aclGetRecentErrMsg() != NULL) {
    }
    HOLDS(aclGetDataBufferAddr(NULL) == NULL && aclGetDataBufferSizeV2(NULL) == 0);
    HOLDS(aclGetRecentErrMsg() != NULL);
    HOLDS(aclGetDataBufferAddr(buffer) == NULL && aclGetDataBufferSizeV2(buffer) == 0);
    const char *text = aclGetRecentErrMsg();
    HOLDS(text != NULL && strstr(text, "aclGetDataBufferSizeV2") != NULL);
}

static void every_type_has_a_size(void) {
    static const struct {
        aclDataType type;
        size_t size;
    } types[] = {
        {ACL_FLOAT, sizeof(float)},   {ACL_FLOAT16, 2},     {ACL_BF16, 2},        {ACL_DOUBLE, sizeof(double)},
        {ACL_INT8, 1},                {ACL_UINT8, 1},       {ACL_INT16, 2},       {ACL_UINT16, 2},
        {ACL_INT32, 4},               {ACL_UINT32, 4},      {ACL_INT64, 8},       {ACL_UINT64, 8},
        {ACL_BOOL, 1},                {ACL_COMPLEX32, 4},   {ACL_COMPLEX64, 8},   {ACL_COMPLEX128, 16},
        {ACL_HIFLOAT8, 1},            {ACL_FLOAT8_E5M2, 1}, {ACL_FLOAT8_E8M0, 1}, {ACL_FLOAT8_E4M3FN, 1},
        {ACL_DT_UNDEFINED, 0},        {ACL_STRING, 0},      {ACL_INT4, 0},        {ACL_UINT1, 0},
        {ACL_FLOAT6_E3M2, 0},         {ACL_FLOAT4_E2M1, 0}, {(aclDataType)1000, 0},
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        HOLDS(aclDataTypeSize(types[i].type) == types[i].size);
    }
}

static void numbers_of_half_precision_are_converted_exactly(void) {
    static const struct {
        aclFloat16 half;
        float single;
    } numbers[] = {{0x0000, 0.0f},    {0x3c00, 1.0f},      {0xc000, -2.0f},   {0x3555, 0.333251953125f},
                   {0x7bff, 65504.0f}, {0x0400, 0x1p-14f}, {0x0001, 0x1p-24f}, {0x83ff, -0x1.ff8p-15f}};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        HOLDS(aclFloat16ToFloat(numbers[i].half) == numbers[i].single);
        HOLDS(aclFloatToFloat16(numbers[i].single) == numbers[i].half);
    }
    HOLDS(aclFloatToFloat16(-0.0f) == 0x8000);
    HOLDS(aclFloatToFloat16(0x1.002p0f) == 0x3c00 && aclFloatToFloat16(0x1.006p0f) == 0x3c02); /* ties to even */
    HOLDS(aclFloatToFloat16(0x1p-25f) == 0 && aclFloatToFloat16(0x1.000002p-25f) == 1);
    HOLDS(aclFloatToFloat16(65520.0f) == 0x7c00 && aclFloatToFloat16(-1e10f) == 0xfc00);
    HOLDS(aclFloat16ToFloat(0x7c00) > 3e38f && aclFloat16ToFloat(0x7e00) != aclFloat16ToFloat(0x7e00));
    HOLDS((aclFloatToFloat16(aclFloat16ToFloat(0x7e01)) & 0x7fff) == 0x7e01);
}

#define RULE(name) {#name, name}
static const struct {
    const char *name;
    void (*run)(void);
} rules[] = {
    RULE(a_buffer_holds_an_address_and_a_size),
    RULE(what_is_no_buffer_is_refused),
    RULE(every_type_has_a_size),
    RULE(numbers_of_half_precision_are_converted_exactly),
};

int main(int count, char **arguments) {
    for (size_t i = 0; count == 2 && i < sizeof(rules) / sizeof(*rules); i++) {
        if (strcmp(arguments[1], rules[i].name) == 0) {
            rules[i].run();
            return 0;
        }
    }
    fprintf(stderr, "usage: data_buffers RULE\n");
    return 2;
}
