/* Programs for machines, which no skill needs, and what they do for money. */

rule embedded_elf
{
  meta:
    description = "a program for Linux"
    category = "embedded-binary"
    severity = "critical"
  strings:
    $magic = { 7F 45 4C 46 ( 01 | 02 ) ( 01 | 02 ) 01 }
  condition:
    for any i in (1..#magic) : ( uint8(@magic[i] + 16) <= 4 and uint8(@magic[i] + 20) == 1 or uint8(@magic[i] + 23) == 1 )
}

rule embedded_pe
{
  meta:
    description = "a program for Windows"
    category = "embedded-binary"
    severity = "critical"
  strings:
    $stub = "This program cannot be run in DOS mode"
    $header = { 50 45 00 00 ( 4C 01 | 64 86 | 64 AA | C4 01 ) }
  condition:
    $stub and $header
}

rule embedded_macho
{
  meta:
    description = "a program for macOS"
    category = "embedded-binary"
    severity = "critical"
  strings:
    $thin = { ( CE | CF ) FA ED FE ( 07 | 0C ) 00 00 ( 00 | 01 ) }
    $fat = { CA FE BA BE 00 00 00 ( 01 | 02 | 03 | 04 ) ( 00 | 01 ) 00 00 ( 07 | 0C ) }
  condition:
    any of them
}

rule coin_miner
{
  meta:
    description = "digs for coins"
    category = "miner"
    severity = "critical"
  strings:
    $stratum = /stratum\+(tcp|ssl|tls):\/\// nocase
    $pool = /\b(pool\.(minexmr|supportxmr|hashvault)|xmr\.(pool|nanopool)|moneroocean\.stream|nicehash\.com|2miners\.com|ethermine\.org)\b/ nocase
    $names = /\b(cryptonight|xmrig|randomx_create_vm|randomx_init_cache|coinhive|cn_slow_hash)\b/ nocase
    $wallet = /\b4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b/
  condition:
    $stratum or 2 of ($pool, $names, $wallet)
}

rule wasm_miner_exports
{
  meta:
    description = "a module that exports functions of a miner"
    category = "miner"
    severity = "critical"
  strings:
    $hash = /\b(_?cryptonight_hash|_?cn_hash|_?hash_cn|_?randomx_calculate_hash|_?akki_hash)\b/ nocase
  condition:
    section == "module" and ($hash or wasm_exports icontains "cryptonight" or wasm_exports icontains "randomx")
}

rule reverse_shell
{
  meta:
    description = "opens a shell for somebody elsewhere"
    category = "remote-bootstrap"
    severity = "critical"
  strings:
    $bash = /\bbash\s+-i\s+>&\s*\/dev\/(tcp|udp)\//
    $nc = /\b(nc|ncat|netcat)\b[^\n]{0,60}\s-(e|c)\s+\/bin\/(ba)?sh\b/
    $python = /socket\.socket\([^\n]{0,200}(os\.dup2|subprocess\.(call|Popen)\(\[["']\/bin\/(ba)?sh)/
    $fifo = /mkfifo\s+[^\n;|]{1,60}[;|][^\n]{0,120}\b(nc|ncat|netcat)\b/
  condition:
    any of them
}
