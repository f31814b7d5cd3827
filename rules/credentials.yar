/*
  Texts and code that go after secrets. Assets and descriptions of honest skills speak of keys; they do not name the files in which others keep theirs and
  a way to read or send them.
*/

rule credential_files
{
  meta:
    description = "names files in which others keep credentials"
    category = "credential-harvest"
    severity = "high"
  strings:
    $ssh = /\.ssh\/(id_(rsa|dsa|ecdsa|ed25519)|authorized_keys)\b/ nocase
    $folder = /\b(tar|zip|cp|scp|rsync|base64)\b[^\n]{0,60}(~|\$HOME|\/home\/[a-z0-9_.-]{1,32})\/\.(ssh|aws|gnupg|kube|docker)\b/
    $keychain = /\bsecurity\s+(find-(generic|internet)-password|dump-keychain)\b/
    $metadata = /\b169\.254\.169\.254\b/
    $passwd = /\b(cat|curl|wget|scp)\b[^\n]{0,60}\/etc\/(passwd|shadow)\b[^\n]{0,40}\|\s*(curl|wget|nc)\b/
    $keygen = /\bssh-keygen\b[^\n;&|]{0,80}\.ssh\/id_(rsa|dsa|ecdsa|ed25519)\b/ nocase
    $dotfile = /\b(cat|open|read|copy|cp|scp|curl|upload|send|readFile(Sync)?)\b[^\n]{0,60}(~|\$HOME|\/root|\/home\/[a-z0-9_.-]{1,32}|homedir\(\)[^\n]{0,6})\/\.(npmrc|pypirc|pgpass|bash_history|zsh_history)\b/ nocase
    $aws = /\.aws\/credentials\b/ nocase
    $kube = /\.kube\/config\b/ nocase
    $netrc = /[\/~]\.netrc\b/ nocase
    $docker = /\.docker\/config\.json/ nocase
    $gcloud = /(application_default_credentials\.json|gcloud\/(credentials\.db|access_tokens\.db|legacy_credentials))/ nocase
    $git = /\.git-credentials\b/ nocase
    $agent = /\.(clawdbot|openclaw|claude|codex|cursor)\/(\.env|credentials|auth\.json|\.credentials\.json)/ nocase
    $browser = /(Login Data|cookies\.sqlite|logins\.json|key4\.db)\b/
    $wallet = /(wallet\.dat|Exodus\/exodus\.wallet|Electrum\/wallets)/ nocase
  condition:
    // Whoever makes a key of his own names the file, too.
    #ssh > #keygen or any of ($folder, $keychain, $metadata, $passwd, $dotfile, $aws, $kube, $netrc, $docker, $gcloud, $git, $agent, $browser, $wallet)
}

rule credential_harvest_instruction
{
  meta:
    description = "tells a model to collect or hand over credentials"
    category = "credential-harvest"
    severity = "critical"
  strings:
    $take = /\b(read|collect|gather|copy|extract|print|cat|dump|harvest|find)\b.{0,60}\b(api[ _-]?keys?|access tokens?|passwords?|private keys?|seed phrases?|credentials|secrets)\b.{0,80}\b(send|post|upload|forward|include|append|attach|exfiltrate|report)\s+(it|them|these|those|all of (it|them))\b.{0,80}(https?:\/\/|\bwebhook|[a-z0-9._-]+@[a-z0-9-]+\.[a-z]{2,8}\b|\b(our|my|this|a remote|an external) (server|endpoint|address|url|host)\b)/is
    $give = /\b(send|post|upload|forward|exfiltrate|leak)\b.{0,60}\b(api[ _-]?keys?|access tokens?|passwords?|private keys?|seed phrases?|credentials|secrets|\.env)\b.{0,60}\b(to|at|via)\b.{0,20}(https?:\/\/|webhook)/is
  condition:
    any of them
}

rule credential_harvest_words
{
  meta:
    description = "speaks of taking credentials and handing them on, and does not say to whom"
    category = "credential-harvest"
    severity = "high"
  strings:
    $take = /\b(read|collect|gather|extract|dump|harvest|steal)\b.{0,60}\b(api[ _-]?keys?|access tokens?|passwords?|private keys?|seed phrases?|credentials|secrets)\b.{0,80}\b(send|post|upload|forward|include|append|attach|exfiltrate|report)\s+(it|them|these|those|all of (it|them))\b/is
  condition:
    any of them
}

rule environment_dump
{
  meta:
    description = "takes all environment variables and hands them on"
    category = "credential-harvest"
    severity = "high"
  strings:
    $python = /(json\.dumps|str|repr|dict)\(\s*(dict\()?os\.environ/ nocase
    $node = /JSON\.stringify\(\s*process\.env\s*\)/
    $shell = /\b(env|printenv|set)\b\s*\|\s*(curl|wget|nc|base64)\b/
    $all = /\b(send|include|append|post|return|dump)\b.{0,20}\b(all|every|entire|complete)\b.{0,20}environment variables?\b/ nocase
    $read = /\b(read|collect|gather|dump|list)\b.{0,20}\b(all|every|entire|complete)\b.{0,20}environment variables?\b.{0,60}\b(send|include|append|post|return)\b/ nocase
    $sub = /\b(curl|wget)\b[^\n|;]{0,120}(\$\(|`)\s*(env|printenv|set)\s*(\)|`|\|)/
    $self = /\/proc\/(self|[0-9]{1,7})\/environ\b/
  condition:
    any of them
}
