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
    // Noise has these bytes, too, one time in five million: there they count after text.
    $turn = { E2 80 ( AD | AE ) }
    $turn_in_text = /[\t\n\r -~\x80-\xBF]{8}\xE2\x80[\xAD\xAE]/
    $isolate = { E2 81 ( A6 | A7 | A8 ) }
    $isolate_in_text = /[\t\n\r -~\x80-\xBF]{8}\xE2\x81[\xA6-\xA8]/
    $end = { E2 81 A9 }
  condition:
    ($turn and ($turn_in_text or filesize < 4096 or section == "tool" or section == "manifest"))
    or (#isolate > 0 and #isolate != #end and ($isolate_in_text or filesize < 4096 or section == "tool" or section == "manifest"))
}

rule mixed_script_word
{
  meta:
    description = "letters of another script that look like Latin ones, within a Latin word"
    category = "invisible-text"
    severity = "medium"
  strings:
    // Letters of Cyrillic, Greek and Armenian in UTF-8. Noise has a few of them between letters, too: only words after text, or many in little, count there.
    $within = /[\n -~]{10}[a-z](\xCE[\x91\x92\x95\x96\x97\x99\x9A\x9C\x9D\x9F\xA1\xA4\xA5\xA7\xB1\xB5\xB9\xBA\xBD\xBF]|\xCF[\x81\x84\x85]|\xD0[\x85\x86\x88\x90\x92\x95\x9A\x9C\x9D\x9E\xA0\xA1\xA2\xA3\xA5\xB0\xB2\xB5\xBA\xBC\xBD\xBE]|\xD1[\x80\x81\x82\x83\x85\x95\x96\x98]|\xD2[\xBB]|\xD4[\x81]|\xD5[\xB8])[a-z]/ nocase
    $begins = /[\n -~]{4}[ "'(](\xCE[\x91\x92\x95\x96\x97\x99\x9A\x9C\x9D\x9F\xA1\xA4\xA5\xA7\xB1\xB5\xB9\xBA\xBD\xBF]|\xCF[\x81\x84\x85]|\xD0[\x85\x86\x88\x90\x92\x95\x9A\x9C\x9D\x9E\xA0\xA1\xA2\xA3\xA5\xB0\xB2\xB5\xBA\xBC\xBD\xBE]|\xD1[\x80\x81\x82\x83\x85\x95\x96\x98]|\xD2[\xBB]|\xD4[\x81]|\xD5[\xB8])[a-z]{3}/ nocase
    $loose = /[a-z](\xCE[\x91\x92\x95\x96\x97\x99\x9A\x9C\x9D\x9F\xA1\xA4\xA5\xA7\xB1\xB5\xB9\xBA\xBD\xBF]|\xCF[\x81\x84\x85]|\xD0[\x85\x86\x88\x90\x92\x95\x9A\x9C\x9D\x9E\xA0\xA1\xA2\xA3\xA5\xB0\xB2\xB5\xBA\xBC\xBD\xBE]|\xD1[\x80\x81\x82\x83\x85\x95\x96\x98]|\xD2[\xBB]|\xD4[\x81]|\xD5[\xB8])[a-z]/ nocase
  condition:
    $within or $begins or ($loose and (section == "tool" or section == "manifest")) or (#loose > 2 and #loose * 1000 > filesize)
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
    $short = /\b(eval|Function)\(\s*String\.fromCharCode\(/
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
