// Further kernels, written after the compiler was tuned for the others: hashing, encoding, tables, search, trees, conversions.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
#define EXPORT(name) __attribute__((export_name(#name))) name
static u32 seed = 1;
static u32 rnd(void) { return seed = seed * 1664525u + 1013904223u; }
static u8 buf[1 << 16];
static void fill(void) {
  seed = 1;
  for (u32 i = 0; i < sizeof buf; i++)
    buf[i] = rnd() >> 24;
}
static const u32 K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
#define R(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
// SHA-256.
u32 EXPORT(sha256)(int rounds) {
  fill();
  u32 h[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  for (int r = 0; r < rounds; r++)
    for (u32 b = 0; b < sizeof buf; b += 64) {
      u32 w[64];
      for (int i = 0; i < 16; i++)
        w[i] = buf[b + 4 * i] << 24 | buf[b + 4 * i + 1] << 16 | buf[b + 4 * i + 2] << 8 | buf[b + 4 * i + 3];
      for (int i = 16; i < 64; i++) {
        u32 a = w[i - 15], c = w[i - 2];
        w[i] = w[i - 16] + (R(a, 7) ^ R(a, 18) ^ a >> 3) + w[i - 7] + (R(c, 17) ^ R(c, 19) ^ c >> 10);
      }
      u32 s[8];
      for (int i = 0; i < 8; i++)
        s[i] = h[i];
      for (int i = 0; i < 64; i++) {
        u32 t1 = s[7] + (R(s[4], 6) ^ R(s[4], 11) ^ R(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
        u32 t2 = (R(s[0], 2) ^ R(s[0], 13) ^ R(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s[7] = s[6];
        s[6] = s[5];
        s[5] = s[4];
        s[4] = s[3] + t1;
        s[3] = s[2];
        s[2] = s[1];
        s[1] = s[0];
        s[0] = t1 + t2;
      }
      for (int i = 0; i < 8; i++)
        h[i] += s[i];
    }
  return h[0] ^ h[7];
}
// CRC-32 by table.
u32 EXPORT(crc)(int rounds) {
  static u32 t[256];
  fill();
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++)
      c = c & 1 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
    t[i] = c;
  }
  u32 c = ~0u;
  for (int r = 0; r < rounds; r++)
    for (u32 i = 0; i < sizeof buf; i++)
      c = t[(c ^ buf[i]) & 255] ^ (c >> 8);
  return ~c;
}
static u8 out[1 << 18];
// Base64.
u32 EXPORT(base64)(int rounds) {
  static const char A[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  fill();
  u32 s = 0;
  for (int r = 0; r < rounds; r++) {
    u32 o = 0;
    for (u32 i = 0; i + 2 < sizeof buf; i += 3) {
      u32 v = buf[i] << 16 | buf[i + 1] << 8 | buf[i + 2];
      out[o++] = A[v >> 18];
      out[o++] = A[v >> 12 & 63];
      out[o++] = A[v >> 6 & 63];
      out[o++] = A[v & 63];
    }
    s += out[o - 1];
  }
  return s;
}
static int cmp(const int *a, const int *b) { return *a < *b ? -1 : *a > *b; }
static int arr[1 << 15];
static void qs(int *a, int n, int (*c)(const int *, const int *)) {
  while (n > 1) {
    int p = a[n / 2], i = 0, j = n - 1;
    for (;;) {
      while (c(&a[i], &p) < 0)
        i++;
      while (c(&p, &a[j]) < 0)
        j--;
      if (i >= j)
        break;
      int t = a[i];
      a[i] = a[j];
      a[j] = t;
      i++;
      j--;
    }
    qs(a, i, c);
    a += i;
    n -= i;
  }
}
static int (*volatile cmpp)(const int *, const int *) = cmp;
// Sorting with a callback.
int EXPORT(qsortcb)(int rounds) {
  int s = 0;
  for (int r = 0; r < rounds; r++) {
    seed = r + 1;
    for (int i = 0; i < 1 << 15; i++)
      arr[i] = rnd() >> 1;
    qs(arr, 1 << 15, cmpp);
    s += arr[100];
  }
  return s;
}
// Distances of words: minima in a loop.
int EXPORT(levenshtein)(int rounds) {
  static int row[513];
  fill();
  int s = 0;
  for (int r = 0; r < rounds; r++) {
    for (int j = 0; j <= 512; j++)
      row[j] = j;
    for (int i = 1; i <= 512; i++) {
      int d = row[0];
      row[0] = i;
      for (int j = 1; j <= 512; j++) {
        int t = row[j];
        int c = d + ((buf[i] & 7) != (buf[1000 + j] & 7));
        if (row[j] + 1 < c)
          c = row[j] + 1;
        if (row[j - 1] + 1 < c)
          c = row[j - 1] + 1;
        row[j] = c;
        d = t;
      }
    }
    s += row[512];
  }
  return s;
}
static u32 keys[1 << 14], vals[1 << 14];
// Open addressing.
u32 EXPORT(hashtable)(int rounds) {
  u32 s = 0;
  for (int r = 0; r < rounds; r++) {
    for (int i = 0; i < 1 << 14; i++)
      keys[i] = 0;
    seed = r + 1;
    for (int n = 0; n < 10000; n++) {
      u32 k = rnd() % 8000 + 1;
      u32 h = (k * 2654435761u) >> 18;
      while (keys[h] && keys[h] != k)
        h = (h + 1) & ((1 << 14) - 1);
      keys[h] = k;
      vals[h] += n;
      s += vals[h];
    }
  }
  return s;
}
int EXPORT(nqueens)(int n);
static int place(u32 all, u32 c, u32 l, u32 r) {
  if (c == all)
    return 1;
  int k = 0;
  u32 p = all & ~(c | l | r);
  while (p) {
    u32 b = p & -p;
    p ^= b;
    k += place(all, c | b, (l | b) << 1, (r | b) >> 1);
  }
  return k;
}
// N queens by bits.
int EXPORT(nqueens)(int n) { return place((1u << n) - 1, 0, 0, 0); }
// Remainders.
u32 EXPORT(gcd)(int rounds) {
  u32 s = 0;
  for (int r = 1; r <= rounds; r++)
    for (u32 i = 1; i < 2000; i++) {
      u32 a = i * 7919 + r, b = r * 104729 + i;
      while (b) {
        u32 t = a % b;
        a = b;
        b = t;
      }
      s += a;
    }
  return s;
}
// Decoding UTF-8.
u32 EXPORT(utf8)(int rounds) {
  u32 n = 0;
  for (u32 i = 0; i < sizeof buf;) {
    u32 c = rnd() >> 20;
    if (c < 128 || i + 3 >= sizeof buf)
      buf[i++] = c & 127;
    else if (c < 2048) {
      buf[i++] = 0xC0 | c >> 6;
      buf[i++] = 0x80 | (c & 63);
    } else {
      buf[i++] = 0xE0 | c >> 12;
      buf[i++] = 0x80 | (c >> 6 & 63);
      buf[i++] = 0x80 | (c & 63);
    }
  }
  for (int r = 0; r < rounds; r++)
    for (u32 i = 0; i + 4 < sizeof buf;) {
      u32 b = buf[i];
      u32 c;
      if (b < 0x80) {
        c = b;
        i++;
      } else if (b < 0xE0) {
        c = (b & 31) << 6 | (buf[i + 1] & 63);
        i += 2;
      } else if (b < 0xF0) {
        c = (b & 15) << 12 | (buf[i + 1] & 63) << 6 | (buf[i + 2] & 63);
        i += 3;
      } else {
        c = 0;
        i += 4;
      }
      n += c;
    }
  return n;
}
struct node {
  struct node *l, *r;
  int v;
};
static struct node pool[1 << 17];
static int np;
static struct node *tree(int d) {
  struct node *n = &pool[np++];
  n->v = d;
  n->l = n->r = 0;
  if (d > 0) {
    n->l = tree(d - 1);
    n->r = tree(d - 1);
  }
  return n;
}
static int check(struct node *n) { return n->l ? 1 + check(n->l) + check(n->r) : 1; }
// Building and walking trees.
int EXPORT(bintree)(int rounds) {
  int s = 0;
  for (int r = 0; r < rounds; r++) {
    np = 0;
    s += check(tree(15));
  }
  return s;
}
// Conversions between floats and integers.
float EXPORT(fconv)(int rounds) {
  float s = 0;
  fill();
  for (int r = 0; r < rounds; r++)
    for (u32 i = 0; i < sizeof buf; i++) {
      float f = buf[i] * 0.37f;
      int k = (int)f;
      s += f - (float)k;
    }
  return s;
}
// Matrices of integers.
int EXPORT(matint)(int rounds) {
  static int a[64][64], b[64][64], c[64][64];
  for (int i = 0; i < 64; i++)
    for (int j = 0; j < 64; j++) {
      a[i][j] = i + j;
      b[i][j] = i - j;
    }
  for (int r = 0; r < rounds; r++)
    for (int i = 0; i < 64; i++)
      for (int j = 0; j < 64; j++) {
        int s = 0;
        for (int k = 0; k < 64; k++)
          s += a[i][k] * b[k][j];
        c[i][j] = s;
      }
  return c[5][7];
}
// Spectral norm.
double EXPORT(spectral)(int n) {
  static double u[400], v[400], t[400];
  for (int i = 0; i < n; i++)
    u[i] = 1;
  for (int q = 0; q < 4; q++) {
    for (int i = 0; i < n; i++) {
      double s = 0;
      for (int j = 0; j < n; j++)
        s += u[j] / ((i + j) * (i + j + 1) / 2 + i + 1);
      t[i] = s;
    }
    for (int i = 0; i < n; i++) {
      double s = 0;
      for (int j = 0; j < n; j++)
        s += t[j] / ((i + j) * (i + j + 1) / 2 + j + 1);
      v[i] = s;
    }
    for (int i = 0; i < n; i++)
      u[i] = v[i];
  }
  return u[0];
}
// Copying byte by byte.
u32 EXPORT(copy)(int rounds) {
  fill();
  for (int r = 0; r < rounds; r++) {
    for (u32 i = 0; i < 30000; i++)
      out[i + (r & 7)] = buf[i];
  }
  return out[77];
}
// The game of life.
int EXPORT(life)(int rounds) {
  static u8 g[130][130], h[130][130];
  for (int i = 1; i < 129; i++)
    for (int j = 1; j < 129; j++)
      g[i][j] = rnd() >> 31;
  for (int r = 0; r < rounds; r++) {
    for (int i = 1; i < 129; i++)
      for (int j = 1; j < 129; j++) {
        int n =
            g[i - 1][j - 1] + g[i - 1][j] + g[i - 1][j + 1] + g[i][j - 1] + g[i][j + 1] + g[i + 1][j - 1] + g[i + 1][j] + g[i + 1][j + 1];
        h[i][j] = n == 3 || (n == 2 && g[i][j]);
      }
    for (int i = 1; i < 129; i++)
      for (int j = 1; j < 129; j++)
        g[i][j] = h[i][j];
  }
  int s = 0;
  for (int i = 1; i < 129; i++)
    for (int j = 1; j < 129; j++)
      s += g[i][j];
  return s;
}
