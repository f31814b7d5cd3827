/* Kernels for the comparison with V8: recursion, memory, floats, hashing, sorting, indirect calls, an interpreter loop.
 */
typedef unsigned int u32;
__attribute__((export_name("fib"))) int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static unsigned char sv[1 << 20];
__attribute__((export_name("sieve"))) int sieve(int rounds) {
    int c = 0;
    for (int r = 0; r < rounds; r++) {
        c = 0;
        for (int i = 0; i < (1 << 20); i++)
            sv[i] = 1;
        for (int i = 2; i < (1 << 20); i++) {
            if (sv[i]) {
                c++;
                for (int j = i + i; j < (1 << 20); j += i)
                    sv[j] = 0;
            }
        }
    }
    return c;
}
static double A[200 * 200], B[200 * 200], C[200 * 200];
__attribute__((export_name("matmul"))) double matmul(int rounds) {
    for (int i = 0; i < 40000; i++) {
        A[i] = i * 0.5;
        B[i] = i * 0.25;
    }
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < 200; i++)
            for (int j = 0; j < 200; j++) {
                double s = 0;
                for (int k = 0; k < 200; k++)
                    s += A[i * 200 + k] * B[k * 200 + j];
                C[i * 200 + j] = s;
            }
    return C[12345];
}
__attribute__((export_name("hash"))) u32 hash(int n) {
    u32 h = 2166136261u;
    for (int i = 0; i < n; i++) {
        h ^= (i & 0xff);
        h *= 16777619u;
        h = (h << 5) | (h >> 27);
    }
    return h;
}
static int arr[1 << 16];
static void qs(int lo, int hi) {
    if (lo >= hi)
        return;
    int p = arr[(lo + hi) / 2], i = lo, j = hi;
    while (i <= j) {
        while (arr[i] < p)
            i++;
        while (arr[j] > p)
            j--;
        if (i <= j) {
            int t = arr[i];
            arr[i] = arr[j];
            arr[j] = t;
            i++;
            j--;
        }
    }
    qs(lo, j);
    qs(i, hi);
}
__attribute__((export_name("sort"))) int sort(int rounds) {
    for (int r = 0; r < rounds; r++) {
        u32 x = 12345;
        for (int i = 0; i < (1 << 16); i++) {
            x = x * 1103515245 + 12345;
            arr[i] = x >> 8;
        }
        qs(0, (1 << 16) - 1);
    }
    return arr[1000];
}
typedef int (*fn)(int);
static int f0(int x) { return x + 1; }
static int f1(int x) { return x * 3; }
static int f2(int x) { return x ^ 0x55; }
static int f3(int x) { return x - 7; }
static fn volatile tab[4] = {f0, f1, f2, f3};
__attribute__((export_name("indirect"))) int indirect(int n) {
    int x = 1;
    for (int i = 0; i < n; i++)
        x = tab[(x ^ i) & 3](x);
    return x;
}
static unsigned char code[64];
__attribute__((export_name("interp"))) int interp(int n) {
    for (int i = 0; i < 64; i++)
        code[i] = (i * 7) % 6;
    int acc = 0, pc = 0;
    for (int i = 0; i < n; i++) {
        switch (code[pc & 63]) {
        case 0:
            acc += 3;
            break;
        case 1:
            acc ^= i;
            break;
        case 2:
            acc = acc << 1 | ((unsigned)acc >> 31);
            break;
        case 3:
            acc -= pc;
            break;
        case 4:
            if (acc & 1)
                pc += 2;
            break;
        default:
            acc *= 5;
        }
        pc++;
    }
    return acc;
}
__attribute__((export_name("mandel"))) int mandel(int n) {
    int t = 0;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            double cr = 2.0 * x / n - 1.5, ci = 2.0 * y / n - 1.0, zr = 0, zi = 0;
            int k = 0;
            while (k < 200 && zr * zr + zi * zi < 4) {
                double q = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = q;
                k++;
            }
            t += k;
        }
    return t;
}
