/* The functions of extism:host/env that the tool uses; there are more. */
#include <stdint.h>

#define EXTISM(name) __attribute__((import_module("extism:host/env"), import_name(#name))) extern
#define EXPORT(name) __attribute__((export_name(#name)))

EXTISM(input_length) uint64_t extism_input_length(void);
EXTISM(input_load_u8) uint8_t extism_input_load_u8(uint64_t index);
EXTISM(alloc) uint64_t extism_alloc(uint64_t length);
EXTISM(store_u8) void extism_store_u8(uint64_t at, uint8_t value);
EXTISM(output_set) void extism_output_set(uint64_t handle, uint64_t length);
