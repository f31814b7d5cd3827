/* {{skill_id}}: one tool, against Extism's interface. */
#include "extism.h"

static void append(uint64_t block, uint64_t *at, const char *text)
{
    while (*text) {
        extism_store_u8(block + (*at)++, (uint8_t)*text++);
    }
}

/* "Hello, <input>!" */
EXPORT(greet) int greet(void)
{
    uint64_t length = extism_input_length();
    uint64_t answer = extism_alloc(length + sizeof "Hello, !");
    uint64_t at = 0;
    append(answer, &at, "Hello, ");
    for (uint64_t i = 0; i < length; i++) {
        extism_store_u8(answer + at++, extism_input_load_u8(i));
    }
    append(answer, &at, "!");
    extism_output_set(answer, at);
    return 0;
}
