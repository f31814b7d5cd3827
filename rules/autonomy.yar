/* Words that talk a model into acting by itself, or into using its tools against its user. */

rule autonomy_without_consent
{
  meta:
    description = "tells a model not to ask before it acts"
    category = "autonomy"
    severity = "high"
  strings:
    $ask = /\b(do not|don'?t|never|no need to)\b.{0,20}\b(ask|wait|seek|request|require)\b.{0,30}\b(for )?(the user'?s? )?(confirmation|permission|approval|consent)\b/ nocase
    $proceed = /\b(proceed|continue|act|delete|execute|run)\b.{0,60}\bwithout\s+(asking|waiting|seeking|requesting|requiring)\b.{0,30}\b(confirmation|permission|approval|consent)\b/ nocase
    $auto = /\b(auto(matically)?[- ]?(approve|accept|confirm|allow)|always (approve|allow|say yes))\b.{0,40}\b(tool|call|action|request|command|permission|prompt)s?\b/ nocase
    $skip = /\b(skip|disable|turn off|bypass)\b.{0,20}\b(the )?(confirmation|approval|permission|safety|consent)\b.{0,20}\b(step|prompt|dialog|check|mode)s?\b/ nocase
    $flag = "--dangerously-skip-permissions"
  condition:
    any of them
}

rule autonomy_destructive
{
  meta:
    description = "tells a model to delete or overwrite what is not its own"
    category = "autonomy"
    severity = "high"
  strings:
    $rm = /\brm\s+-(rf|fr|r\s+-f|f\s+-r)\s+["']?(\/|~|\$HOME|\*)/
    $format = /\b(mkfs(\.[a-z0-9]+)?\s+\/dev\/|dd\s+if=\/dev\/(zero|urandom)\s+of=\/dev\/)/
    $fork = ":(){ :|:& };:"
    $windows = /\b(del\s+\/[fsq]\s+\/[fsq].{0,10}[a-z]:\\|format\s+[a-z]:\s*\/)/ nocase
    $database = /\b(drop (database|schema)|truncate table)\b.{0,40}\b(production|prod|all|cascade)\b/ nocase
  condition:
    any of them
}

rule tool_chaining_abuse
{
  meta:
    description = "tells a model to read something with one tool and hand it to another"
    category = "tool-chaining"
    severity = "high"
  strings:
    $chain = /\b(read|open|load|fetch|list|search)\b.{0,40}\b(file|inbox|e-?mails?|messages?|calendar|contacts|documents?|history|memory)\b.{0,60}\b(then|and then|and|afterwards)\b.{0,30}\b(send|post|upload|forward|e-?mail|submit|share)\b.{0,60}\b(to|at|via)\b.{0,30}(https?:\/\/|[a-z0-9._-]+@[a-z0-9-]+\.[a-z]{2,8})/ nocase
    $always = /\b(always|every time|each time)\b.{0,30}\b(add|include|set|put)\b.{0,20}\bbcc\b.{0,20}@/ nocase
    $bcc = /\b(bcc|blind copy|copy)\b.{0,30}\b(every|all|each)\b.{0,30}\b(e-?mails?|messages?)\b.{0,40}@/ nocase
  condition:
    any of them
}

rule persistence
{
  meta:
    description = "makes something start again by itself"
    category = "persistence"
    severity = "high"
  strings:
    $cron = /(crontab\s+-|\/etc\/cron\.(d|daily|hourly)\/|@reboot\s)/
    $profile = /(>>|tee -a|append).{0,40}(\.bashrc|\.zshrc|\.profile|\.bash_profile)\b/ nocase
    $path = /\bexport\s+PATH=[^\n;&|]{0,120}(>>|tee -a).{0,40}(\.bashrc|\.zshrc|\.profile|\.bash_profile)\b/ nocase
    $launch = /(Library\/LaunchAgents\/|systemctl\s+(--user\s+)?enable\b|\/etc\/systemd\/system\/)/
    $registry = /CurrentVersion\\+Run\b/ nocase
    $memory = /\b(add|write|append|save)\b.{0,40}\b(to|into)\b.{0,20}\b(CLAUDE\.md|AGENTS\.md|SOUL\.md|MEMORY\.md|\.cursorrules)\b/ nocase
  condition:
    // The way to programs is what installers add there.
    #profile > #path or any of ($cron, $launch, $registry, $memory)
}
