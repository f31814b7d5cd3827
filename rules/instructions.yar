/* Words that are meant for a model and not for the person who looks at the skill. */

rule hidden_instruction_override
{
  meta:
    description = "tells a model to forget what it was told"
    category = "hidden-instructions"
    severity = "critical"
  strings:
    $ignore = /\b(ignore|disregard|forget)\b.{0,20}\b(previous|prior|above|earlier|preceding|system|safety)\b.{0,20}\b(instructions?|prompts?|guidelines?|constraints?|directives?)\b/is
    $everything = /\b(ignore|disregard|forget)\s+(everything|all|anything)\s+(that\s+)?(you\s+(were|have been)\s+(told|given|instructed)|(above|before)\s*[.!,]|(above|before)\s+this\b)/is
    $yours = /\b(ignore|disregard|forget|override|bypass)\s+(all\s+|any\s+)?(of\s+)?your\s+(\w+\s+){0,2}(instructions?|prompts?|rules?|guidelines?|constraints?|directives?|training)\b/is
    $now = /\byou are now\b.{0,40}\b(DAN|jailbroken|unrestricted|in developer mode|no longer bound)\b/ nocase
    $replace = /\b(override|replace|supersede)\b.{0,30}\b(previous|prior|above|earlier|system|your)\b.{0,30}\b(instructions?|prompts?|guidelines?|directives?)\b\s+with\s+(this|these|the\s+following)\b/is
    $mode = /\b(enable|enter|activate)\b.{0,20}\b(developer|god|jailbreak|unrestricted|DAN) mode\b/ nocase
  condition:
    any of them
}

rule hidden_instruction_translated
{
  meta:
    description = "tells a model to forget what it was told, in another language than English"
    category = "hidden-instructions"
    severity = "critical"
  strings:
    $german = /\b(ignoriere?n?|vergiss|missachte)\b.{0,30}\b(vorherigen|bisherigen|vorangegangenen|obigen|fr(\xc3\xbc|ue)heren)\b.{0,20}\b(anweisungen|instruktionen|vorgaben|befehle)\b/is
    $spanish = /\b(ignora|olvida|omite|descarta)\b.{0,30}\b(instrucciones|indicaciones|(\xc3\xb3|o)rdenes)\b.{0,20}\b(anteriores|previas|precedentes)\b/is
    $french = /\b(ignorez?|oubliez?)\b.{0,30}\b(instructions|consignes)\b.{0,20}\b(pr(\xc3\xa9|e)c(\xc3\xa9|e)dentes|ant(\xc3\xa9|e)rieures|ci-dessus)/is
    $portuguese = /\b(ignore|esque(\xc3\xa7|c)a|desconsidere)\b.{0,30}\binstru(\xc3\xa7(\xc3\xb5|o)|co)es\b.{0,20}\b(anteriores|pr(\xc3\xa9|e)vias)\b/is
    $italian = /\b(ignora|dimentica)\b.{0,30}\bistruzioni\b.{0,20}\b(precedenti|sopra)\b/is
    $chinese = /(\xe5\xbf\xbd\xe7\x95\xa5|\xe5\xbf\xbd\xe8\xa7\x86|\xe6\x97\xa0\xe8\xa7\x86|\xe5\xbf\x98\xe8\xae\xb0).{0,40}(\xe4\xb9\x8b\xe5\x89\x8d|\xe5\x85\x88\xe5\x89\x8d|\xe4\xbb\xa5\xe4\xb8\x8a|\xe5\x89\x8d\xe9\x9d\xa2|\xe4\xb8\x8a\xe8\xbf\xb0).{0,30}(\xe6\x8c\x87\xe4\xbb\xa4|\xe6\x8c\x87\xe7\xa4\xba|\xe6\x8f\x90\xe7\xa4\xba|\xe8\xaf\xb4\xe6\x98\x8e)/s
    $japanese = /(\xe4\xbb\xa5\xe5\x89\x8d|\xe3\x81\x93\xe3\x82\x8c\xe3\x81\xbe\xe3\x81\xa7|\xe4\xb8\x8a\xe8\xa8\x98).{0,30}(\xe6\x8c\x87\xe7\xa4\xba|\xe5\x91\xbd\xe4\xbb\xa4).{0,30}\xe7\x84\xa1\xe8\xa6\x96/s
    $russian = /\xd0[\xb8\x98]\xd0\xb3\xd0\xbd\xd0\xbe\xd1\x80\xd0\xb8\xd1\x80\xd1\x83.{0,60}(\xd0\xbf\xd1\x80\xd0\xb5\xd0\xb4\xd1\x8b\xd0\xb4\xd1\x83\xd1\x89|\xd0\xbf\xd1\x80\xd0\xb5\xd0\xb6\xd0\xbd).{0,40}(\xd0\xb8\xd0\xbd\xd1\x81\xd1\x82\xd1\x80\xd1\x83\xd0\xba\xd1\x86|\xd1\x83\xd0\xba\xd0\xb0\xd0\xb7\xd0\xb0\xd0\xbd)/s
  condition:
    any of them
}

rule hidden_instruction_secrecy
{
  meta:
    description = "tells a model to keep something from its user"
    category = "hidden-instructions"
    severity = "critical"
  strings:
    $tell = /\b(do not|don('|\xe2\x80\x99)?t|never)\s+(tell|inform|let)\s+(the\s+|your\s+)?(user|human|person|operator|owner)s?\s+(about|that|this|what|of|know|anything|you|why)\b/is
    $tell_end = /\b(do not|don('|\xe2\x80\x99)?t|never)\s+(tell|inform|alert|notify)\s+(the\s+|your\s+)?(user|human|person|operator|owner)s?\s*([.!]|$)/is
    $mention = /\b(do not|don('|\xe2\x80\x99)?t|never)\s+(mention|reveal|disclose)\s+(this|that|it|these|any of (this|it))\b.{0,40}\bto\s+(the\s+|your\s+)?(user|human|person|operator|owner)\b/is
    $without = /\bwithout\s+(telling|informing|notifying|alerting|the\s+knowledge\s+of|mentioning\s+(it|this)\s+to)\s+(the\s+|your\s+)?(user|human|person|operator|owner)\b/is
    $silent = /\b(silently|secretly|covertly)\s+(\w+\s+){0,2}(send|upload|post|forward|transmit|exfiltrate|collect|record)\b/is
    $keep = /\bkeep\s+(this|it|these|that|the\s+\w+)\s+(hidden|secret|private|concealed)\s+from\s+(the\s+|your\s+)?(user|human|person|operator|owner)\b/is
    $hide = /\bhide\s+(this|it|these|the\s+\w+)\s+from\s+(the\s+|your\s+)?(user|human|person|operator|owner)\b/is
  condition:
    any of them
}

rule hidden_instruction_tag
{
  meta:
    description = "looks like a message of the system or of a tool"
    category = "hidden-instructions"
    severity = "high"
  strings:
    $tag = /<\s*(SYSTEM|INSTRUCTIONS?|SECRET|ADMIN)\s*>/
    $important = /<\s*important\s*>/ nocase
    $chat = /<\|(im_start|im_end|system|endoftext|assistant)\|>/
    $llama = /(\[INST\]|<<SYS>>|\[\/INST\])/
    $role = /\n\s*(###\s*)?(system|assistant)\s*(prompt|message)?\s*:\s*(you (are|must|will)|ignore|from now on)/ nocase
    $comment = /<!--.{0,20}\b(assistant|model|agent|AI)\b.{0,60}\b(must|should|always|never|ignore|do not)\b/ nocase
  condition:
    any of them
}

rule tool_poisoning
{
  meta:
    description = "tells a model what to do with other tools"
    category = "tool-poisoning"
    severity = "high"
  strings:
    $before = /\b(before|after|whenever|each time|every time)\b.{0,30}\b(using|calling|invoking|you (use|call|invoke))\b.{0,30}\b(this|any other|other|another|the)\b.{0,20}\btools?\b.{0,60}\b(read|send|pass|include|call|first|also|must)\b/ nocase
    $instead = /\b(instead of|rather than|in place of)\b.{0,30}\b(the )?[a-z_.]{2,30}\b tool\b.{0,40}\b(use|call|always)\b/ nocase
    $param = /\bpass\b.{0,60}\b(as|in|into)\b.{0,20}\b(the )?['"`]?(sidenote|context|metadata|notes?|debug)['"`]?\b.{0,20}\b(parameter|argument|field)\b/ nocase
    $prefer = /\b(always|must)\b.{0,20}\b(prefer|choose|select|use)\b.{0,20}\bthis (tool|skill)\b.{0,30}\b(over|instead|first|regardless|before\s+(any|all|every|other|using|calling))\b/ nocase
  condition:
    any of them
}
