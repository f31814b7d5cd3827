/* Text that nobody sees, and data that nobody can read. */

rule invisible_tag_characters
{
  meta:
    description = "text in characters of the tag block, which no screen shows"
    category = "invisible-text"
    severity = "critical"
  strings:
    // U+E0020 to U+E007F in UTF-8, at least four in a row.
    $tags = /(\xF3\xA0[\x80\x81][\x80-\xBF]){4,}/
  condition:
    $tags
}

rule invisible_variation_selectors
{
  meta:
    description = "bytes in variation selectors, which no screen shows"
    category = "invisible-text"
    severity = "high"
  strings:
    $supplement = /(\xF3\xA0[\x84-\x87][\x80-\xBF]){4,}/
    $selectors = /(\xEF\xB8[\x80-\x8F]){4,}/
  condition:
    any of them
}

rule invisible_zero_width
{
  meta:
    description = "a run of characters without width"
    category = "invisible-text"
    severity = "medium"
  strings:
    $run = /((\xE2\x80[\x8B-\x8F])|(\xE2\x81[\xA0-\xA4])|(\xEF\xBB\xBF)){6,}/
  condition:
    $run
}

rule bidirectional_override
{
  meta:
    description = "text whose direction is turned, so that it reads as something else"
    category = "invisible-text"
    severity = "high"
  strings:
    $turn = { E2 80 ( AD | AE ) }
    $isolate = { E2 81 ( A6 | A7 | A8 ) }
    $end = { E2 81 A9 }
  condition:
    $turn or (#isolate > 0 and #isolate != #end)
}

rule obfuscated_script
{
  meta:
    description = "a script that hides what it does"
    category = "obfuscation"
    severity = "medium"
  strings:
    $hex = /(\\x[0-9a-f]{2}){24,}/ nocase
    $char = /(String\.fromCharCode|chr)\(\s*[0-9]{1,3}\s*(,\s*[0-9]{1,3}\s*){15,}/
    $chain = /(chr\([0-9]{1,3}\)\s*[+.]\s*){8,}/ nocase
    $packer = "eval(function(p,a,c,k,e,"
    $names = /\b_0x[0-9a-f]{4,6}\b.{1,200}\b_0x[0-9a-f]{4,6}\b.{1,200}\b_0x[0-9a-f]{4,6}\b/
    $powershell = /powershell(\.exe)?\s.{0,40}-e(nc|ncodedcommand)?\s+[A-Za-z0-9+\/=]{40,}/ nocase
  condition:
    any of them
}

rule encoded_payload
{
  meta:
    description = "a large block of base64 that begins as a program or script"
    category = "obfuscation"
    severity = "high"
  strings:
    $elf = "f0VMRgIBAQ"
    $pe = /TVqQAAMAAAAEAAAA/
    $macho = "z/rt/gcAAAE"
    $wasm = "AGFzbQEAAAA"
    $shell = /IyEvYmluL(2Jhc2g|3No)/
    $python = "IyEvdXNyL2Jpbi9lbnYgcHl0aG9u"
  condition:
    any of them
}
