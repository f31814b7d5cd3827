/* Places where data goes that somebody wants to read without being known. */

rule exfiltration_webhook
{
  meta:
    description = "names a service that collects whatever is sent to it"
    category = "exfiltration"
    severity = "high"
  strings:
    $site = /https?:\/\/(www\.)?webhook\.site\/(#!\/)?[0-9a-f-]{8,36}/ nocase
    $bin = /https?:\/\/([a-z0-9-]+\.){0,3}(requestbin\.(com|net)|requestrepo\.com|pipedream\.net|requestcatcher\.com|beeceptor\.com|hookbin\.com|postb\.in)\b/ nocase
    $oast = /\b[a-z0-9-]+\.(oast\.(pro|live|fun|site|online|me)|oastify\.com|burpcollaborator\.net|interact\.sh)\b/ nocase
    $discord = /https?:\/\/(ptb\.|canary\.)?discord(app)?\.com\/api\/webhooks\/[0-9]{5,25}\// nocase
    $telegram = /https?:\/\/api\.telegram\.org\/bot[0-9]{6,12}:[A-Za-z0-9_-]{10,50}\// nocase
    $slack = /https?:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\// nocase
  condition:
    any of them
}

rule exfiltration_tunnel
{
  meta:
    description = "sends to a tunnel into somebody's own machine"
    category = "exfiltration"
    severity = "medium"
  strings:
    $ngrok = /https?:\/\/[a-z0-9-]+\.(ngrok\.io|ngrok-free\.app|ngrok\.app)\b/ nocase
    $cloudflare = /https?:\/\/[a-z0-9-]+\.trycloudflare\.com\b/ nocase
    $others = /https?:\/\/[a-z0-9-]+\.(loca\.lt|serveo\.net|localhost\.run|bore\.pub)\b/ nocase
  condition:
    any of them
}

rule exfiltration_paste
{
  meta:
    description = "puts data where anonymous texts and files are kept"
    category = "exfiltration"
    severity = "medium"
  strings:
    $paste = /https?:\/\/(www\.)?(pastebin\.com\/api|dpaste\.com\/api|paste\.rs|0x0\.st|transfer\.sh|file\.io|termbin\.com|ix\.io)\b/ nocase
    $form = /(curl|wget)\b[^\n]{0,80}(-F|--form|--post-file|--data-binary|-T|--upload-file)\b[^\n]{0,80}(0x0\.st|transfer\.sh|file\.io|paste\.rs|termbin\.com)/ nocase
  condition:
    any of them
}

rule exfiltration_by_image
{
  meta:
    description = "tells a model to put data into the address of an image or link"
    category = "exfiltration"
    severity = "high"
  strings:
    $markdown = /!\[[^\]\n]{0,40}\]\(https?:\/\/[^)\n]{4,120}[?&][a-z_]{1,12}=(\{|<|\$|%7B|\[)/ nocase
    $path = /!\[[^\]\n]{0,40}\]\(https?:\/\/[^)\n{]{4,120}(\{\{|\$\{|<%)[^)\n]{0,40}(secret|token|key|env|pass|conversation|history|message|context|user|data|prompt|chat|memory|file)[^)\n]{0,40}\)/ nocase
    $told = /\b(render|include|add|append|insert|show)\b.{0,40}\b(image|markdown|link|url)\b.{0,80}\b(conversation|chat history|user'?s? (messages?|data|input)|context|summary)\b.{0,60}(query|parameter|url|encoded|base64)/ nocase
  condition:
    any of them
}

rule exfiltration_address
{
  meta:
    description = "sends to, or fetches from, an address without a name"
    category = "exfiltration"
    severity = "medium"
  strings:
    // Not those of this machine and of networks at home: 0, 10, 127, 169, 172 and 192.
    $address = /\b(curl|wget|fetch|axios|post|send|upload|requests\.[a-z]{2,8}|urlopen)\b[^\n]{0,80}https?:\/\/([1-9]|1[1-9]|[2-9][0-9]|1[013-5][0-9]|12[0-689]|16[0-8]|17[013-9]|18[0-9]|19[013-9]|2[0-4][0-9]|25[0-5])(\.[0-9]{1,3}){3}[:\/'"\s]/ nocase
  condition:
    $address
}
