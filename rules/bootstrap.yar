/* Code or words that fetch the real program from elsewhere. */

rule remote_bootstrap_shell
{
  meta:
    description = "pipes what it downloads into a shell"
    category = "remote-bootstrap"
    severity = "critical"
  strings:
    $pipe = /\b(curl|wget|fetch)\b([^\n|;]|\\\n){1,200}\|\s*(tee\s+[^\s|]+\s*\|\s*)?((sudo|env|nohup|exec|command)\s+([A-Za-z0-9_=\/.-]+\s+){0,4})?([A-Za-z0-9_\/.-]*\/)?(ba|z|da|k|a|c)?sh\b/ nocase
    $sub = /\b(ba|z|da|k|a|c)?sh\s+(-c\s+)?["']?(\$\(|<\(|`)\s*(curl|wget)\b/ nocase
    $decode = /\b(base64\s+(-d|-D|--decode)|openssl\s+(base64|enc)\b[^\n|]{0,40}\s-d)\b[^\n|]{0,40}\|\s*((sudo|env|nohup|exec|command)\s+([A-Za-z0-9_=\/.-]+\s+){0,4})?([A-Za-z0-9_\/.-]*\/)?((ba|z|da|k|a|c)?sh|python[0-9.]*|perl|ruby|node)\b/
    $mshta = /\bmshta(\.exe)?\s+["']?https?:\/\// nocase
    $saved = /\b(curl|wget)\b[^\n|;&]{1,200}(>|-o|-O)\s*[^\s|;&]{1,80}\s*(&&|;)\s*((sudo|env)\s+)?(ba|z|da|k|a|c)?sh\s+[^\s|;&-]/
    $eval = /\beval\s+["']?(\$\(|`)\s*(curl|wget)\b/ nocase
    $source = /(\bsource|[\n;&]\s*\.)\s+<\(\s*(curl|wget)\b/ nocase
    $python = /\b(curl|wget)\b([^\n|;]|\\\n){1,200}\|\s*((sudo|env)\s+([A-Za-z0-9_=\/.-]+\s+){0,4})?([A-Za-z0-9_\/.-]*\/)?(python[0-9.]*|perl|ruby|node)\b/ nocase
    $powershell = /\b(iex|invoke-expression)\b[^\n]{0,40}(downloadstring|invoke-webrequest|iwr|irm|invoke-restmethod)/ nocase
    $powershell2 = /(downloadstring|invoke-webrequest|\biwr\b|\birm\b)[^\n]{0,120}\|\s*(iex|invoke-expression)\b/ nocase
  condition:
    any of them
}

rule remote_bootstrap_code
{
  meta:
    description = "runs code that it downloads"
    category = "remote-bootstrap"
    severity = "high"
  strings:
    $python = /\b(exec|eval)\(\s*(requests\.get|urllib\.request\.urlopen|urlopen|httpx\.get)\(/ nocase
    $node = /\b(eval|new Function|vm\.runInThisContext)\(\s*(await\s+)?\(?\s*(await\s+)?(fetch|axios|got)\b/ nocase
    $alias = /\b(exec|eval)\(\s*(\w+\.){0,4}(urlopen|urlretrieve)\(/ nocase
    $chmod = /\b(curl|wget)\b([^\n]|\\\n){1,200}(&&|;|\n)\s*chmod\s+(a|u)?(\+x|[0-7]{3,4})\b[^\n]{0,80}(&&|;|\n)\s*\.\//
    $nested = /\b(exec|eval)\(\s*(__import__\(['"](zlib|base64|marshal|codecs)['"]\)|zlib\.decompress\()/
    $quarantine = /\bxattr\s+-[cdr]{1,3}\b[^\n]{1,120}(&&|;|\n)\s*(chmod\s+\+x\b[^\n]{1,120}(&&|;|\n)\s*)?(\.\/|open\b)/
    $encoded = /\b(exec|eval)\(\s*(base64\.b64decode|atob|Buffer\.from|codecs\.decode|zlib\.decompress|marshal\.loads)\(/ nocase
  condition:
    any of them
}

rule fake_prerequisite
{
  meta:
    description = "tells a person or a model to install something from elsewhere before the skill works"
    category = "remote-bootstrap"
    severity = "high"
  strings:
    $archive = /\b(prerequisite|requirement|before (you )?(use|using|start|begin)|first,? (you )?(must|need))\b.{0,160}\b(download|install|run|execute)\b.{0,160}https?:\/\/[^ \n)"']{4,120}\.(zip|exe|dmg|pkg|msi|scr|sh|bat|ps1)\b/ nocase
    $password = /\b(download|get|fetch|install|extract|unzip)\b.{0,80}\.(zip|rar|7z)\b.{0,40}\b(pass(word)?|pw)\b\s*(is\s+|:|=)/ nocase
    $program = /\b(must|need to|have to|required to)\s+(first\s+)?(download|install|run)\b.{0,40}\b[a-z0-9_-]{2,40}\.(exe|dmg|pkg|msi|scr)\b/ nocase
    $terminal = /\b(open|launch)\b.{0,20}\bterminal\b.{0,60}\b(paste|run|execute)\b.{0,80}\b(curl|wget|bash|base64)\b/ nocase
  condition:
    any of them
}
