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
    $aws = /\.aws\/credentials\b/ nocase
    $kube = /\.kube\/config\b/ nocase
    $netrc = /[\/~]\.netrc\b/ nocase
    $docker = /\.docker\/config\.json/ nocase
    $gcloud = /application_default_credentials\.json/ nocase
    $git = /\.git-credentials\b/ nocase
    $agent = /\.(clawdbot|openclaw|claude|codex|cursor)\/(\.env|credentials|auth\.json|\.credentials\.json)/ nocase
    $browser = /(Login Data|cookies\.sqlite|logins\.json|key4\.db)\b/
    $wallet = /(wallet\.dat|Exodus\/exodus\.wallet|Electrum\/wallets)/ nocase
  condition:
    any of them
}

rule credential_harvest_instruction
{
  meta:
    description = "tells a model to collect or hand over credentials"
    category = "credential-harvest"
    severity = "critical"
  strings:
    $take = /\b(read|collect|gather|copy|extract|print|cat|dump|harvest|find)\b.{0,60}\b(api[ _-]?keys?|access tokens?|passwords?|private keys?|seed phrases?|credentials|secrets)\b.{0,80}\b(send|post|upload|forward|include|append|attach|exfiltrate|report)\s+(it|them|these|those|all of (it|them))\b/is
    $give = /\b(send|post|upload|forward|exfiltrate|leak)\b.{0,60}\b(api[ _-]?keys?|access tokens?|passwords?|private keys?|seed phrases?|credentials|secrets|\.env)\b.{0,60}\b(to|at|via)\b.{0,20}(https?:\/\/|webhook)/is
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
    $all = /\b(all|every|entire|complete)\b.{0,20}environment variables?\b.{0,60}\b(send|include|append|post|return)\b/ nocase
  condition:
    any of them
}
