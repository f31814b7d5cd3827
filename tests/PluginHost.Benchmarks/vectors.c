/* Kernels on vectors: multiply and add, bytes with saturation and shuffles, lanes of doubles in a loop with a condition. */
#include <wasm_simd128.h>
typedef unsigned int u32;
static float left[4096], right[4096];
__attribute__((export_name("dot"))) float dot(int rounds) {
    for (int i = 0; i < 4096; i++) {
        left[i] = (float)i * 0.25f;
        right[i] = (float)(i & 15);
    }
    v128_t sums = wasm_f32x4_splat(0);
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < 4096; i += 4)
            sums = wasm_f32x4_add(sums, wasm_f32x4_mul(wasm_v128_load(left + i), wasm_v128_load(right + i)));
    return wasm_f32x4_extract_lane(sums, 0) + wasm_f32x4_extract_lane(sums, 3);
}
static unsigned char pixels[65536 + 32];
__attribute__((export_name("blend"))) u32 blend(int rounds) {
    for (int i = 0; i < 65536; i++)
        pixels[i] = (unsigned char)(i * 7);
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < 65536; i += 16) {
            v128_t here = wasm_v128_load(pixels + i);
            v128_t next = wasm_i8x16_shuffle(here, wasm_v128_load(pixels + i + 16), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
            v128_t mean = wasm_u8x16_avgr(here, next);
            wasm_v128_store(pixels + i, wasm_u8x16_add_sat(wasm_u8x16_min(mean, here), wasm_u8x16_splat(1)));
        }
    u32 sum = 0;
    for (int i = 0; i < 65536; i++)
        sum += pixels[i];
    return sum;
}
__attribute__((export_name("vmandel"))) int vmandel(int size) {
    int inside = 0;
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x += 2) {
            v128_t cr = wasm_f64x2_make(2.0 * x / size - 1.5, 2.0 * (x + 1) / size - 1.5), ci = wasm_f64x2_splat(2.0 * y / size - 1.0);
            v128_t zr = wasm_f64x2_splat(0), zi = zr;
            int n = 0;
            for (; n < 200; n++) {
                v128_t a = wasm_f64x2_mul(zr, zr), b = wasm_f64x2_mul(zi, zi);
                if (!wasm_v128_any_true(wasm_f64x2_le(wasm_f64x2_add(a, b), wasm_f64x2_splat(4))))
                    break;
                zi = wasm_f64x2_add(wasm_f64x2_mul(wasm_f64x2_add(zr, zr), zi), ci);
                zr = wasm_f64x2_add(wasm_f64x2_sub(a, b), cr);
            }
            inside += n;
        }
    return inside;
}
