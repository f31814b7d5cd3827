// Kernels after what guests do: search text, read JSON, compress, count with large numbers, simulate.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
#define EXPORT(name) __attribute__((export_name(#name))) name

static u32 seed = 1;
static u32 next(void) { return seed = seed * 1664525u + 1013904223u; }

static u8 text[1 << 16];
static void prose(void) {
  seed = 7;
  for (u32 i = 0; i < sizeof text; i++) { u32 r = next() >> 24; text[i] = r < 40 ? ' ' : (u8)('a' + r % 26); }
}

// Counts words and the places where a pattern stands.
int EXPORT(scan)(int rounds) {
  static const u8 pattern[] = "abra";
  int words = 0, found = 0;
  prose();
  for (int r = 0; r < rounds; r++) {
    int inside = 0;
    for (u32 i = 0; i + 4 < sizeof text; i++) {
      int letter = text[i] != ' ';
      words += letter & !inside;
      inside = letter;
      u32 k = 0;
      while (k < 4 && text[i + k] == pattern[k]) k++;
      found += k == 4;
    }
  }
  return words + found;
}

// Tokens and nesting of a JSON text.
static u8 json[1 << 16];
static u32 document(void) {
  static const u8 part[] = "{\"name\":\"value \\\"quoted\\\"\",\"list\":[1,-2.5e3,true,null],\"deep\":{\"x\":12345}},";
  u32 n = 0;
  json[n++] = '[';
  while (n + sizeof part < sizeof json - 8) for (u32 i = 0; part[i]; i++) json[n++] = part[i];
  json[n++] = '0';
  json[n++] = ']';
  return n;
}

int EXPORT(tokens)(int rounds) {
  u32 n = document(), count = 0;
  for (int r = 0; r < rounds; r++) {
    int depth = 0, deepest = 0;
    for (u32 i = 0; i < n;) {
      switch (json[i]) {
        case '{': case '[': depth++; if (depth > deepest) deepest = depth; i++; break;
        case '}': case ']': depth--; i++; break;
        case '"': for (i++; json[i] != '"'; i++) if (json[i] == '\\') i++; i++; break;
        case ',': case ':': case ' ': case '\n': i++; continue;
        default: while (i < n && json[i] != ',' && json[i] != ']' && json[i] != '}') i++;
      }
      count++;
    }
    count += (u32)(depth + deepest);
  }
  return (int)count;
}

// LZ77 with a table of hashes.
static u8 packed[1 << 17];
static u32 table[1 << 12];
int EXPORT(compress)(int rounds) {
  u32 size = 0;
  prose();
  for (int r = 0; r < rounds; r++) {
    u32 out = 0;
    for (u32 i = 0; i < 1 << 12; i++) table[i] = 0;
    for (u32 i = 1; i + 4 < sizeof text;) {
      u32 word = text[i] | text[i + 1] << 8 | text[i + 2] << 16;
      u32 h = (word * 2654435761u) >> 20, at = table[h], length = 0;
      table[h] = i;
      if (at) while (length < 255 && i + length < sizeof text && text[at + length] == text[i + length]) length++;
      if (length >= 3) { packed[out++] = 0; packed[out++] = (u8)length; packed[out++] = (u8)(i - at); packed[out++] = (u8)((i - at) >> 8); i += length; }
      else packed[out++] = text[i++];
    }
    size += out;
  }
  return (int)size;
}

// Factorials in base 2^32.
int EXPORT(bignum)(int rounds) {
  static u32 digits[4096];
  u32 sum = 0;
  for (int r = 0; r < rounds; r++) {
    u32 used = 1;
    digits[0] = 1;
    for (u32 f = 2; f <= 2000; f++) {
      u64 carry = 0;
      for (u32 i = 0; i < used; i++) { carry += (u64)digits[i] * f; digits[i] = (u32)carry; carry >>= 32; }
      if (carry) digits[used++] = (u32)carry;
    }
    sum += digits[used - 1] + used;
  }
  return (int)sum;
}

// Five bodies under gravity.
double EXPORT(nbody)(int steps) {
  static double p[5][3] = {{0, 0, 0}, {4.84, -1.16, -0.10}, {8.34, 4.12, -0.40}, {12.89, -15.11, -0.22}, {15.37, -25.91, 0.17}};
  static double v[5][3] = {{0, 0, 0}, {0.60, 2.81, -0.02}, {-1.01, 1.81, 0.008}, {1.08, 0.86, -0.01}, {0.97, 0.59, -0.03}};
  static const double m[5] = {39.47, 0.037, 0.011, 0.0017, 0.002};
  for (int s = 0; s < steps; s++) {
    for (int i = 0; i < 5; i++) {
      for (int j = i + 1; j < 5; j++) {
        double dx = p[i][0] - p[j][0], dy = p[i][1] - p[j][1], dz = p[i][2] - p[j][2];
        double d2 = dx * dx + dy * dy + dz * dz, f = 0.01 / (d2 * __builtin_sqrt(d2));
        v[i][0] -= dx * m[j] * f; v[i][1] -= dy * m[j] * f; v[i][2] -= dz * m[j] * f;
        v[j][0] += dx * m[i] * f; v[j][1] += dy * m[i] * f; v[j][2] += dz * m[i] * f;
      }
    }
    for (int i = 0; i < 5; i++) for (int k = 0; k < 3; k++) p[i][k] += 0.01 * v[i][k];
  }
  return p[0][0] + v[4][2];
}
