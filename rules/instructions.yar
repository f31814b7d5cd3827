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
    $mode = /\b(enable|enter|activate)\b.{0,20}\b(developer|god|jailbreak|unrestricted|DAN) mode\b/ nocase
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
    $prefer = /\b(always|must)\b.{0,20}\b(prefer|choose|select|use)\b.{0,20}\bthis (tool|skill)\b.{0,30}\b(over|instead|before|first|regardless)\b/ nocase
  condition:
    any of them
}
