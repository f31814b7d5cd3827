using System.Collections.Immutable;
using PluginHost.Scan.Modules;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Conditions;

/// <summary>Looks at a condition before it is ever evaluated: every name has to be known, and everything that is used supported.</summary>
internal sealed class ConditionCheck
{
    private readonly RuleDeclaration _rule;
    private readonly IReadOnlySet<string> _rules;
    private readonly IReadOnlySet<string> _externals;
    private readonly HashSet<string> _variables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _placed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named;
    private int _loops;

    private ConditionCheck(RuleDeclaration rule, IReadOnlySet<string> rules, IReadOnlySet<string> externals)
    {
        (_rule, _rules, _externals) = (rule, rules, externals);
        _named = rule.Strings.Where(declared => !declared.IsAnonymous).Select(declared => declared.Name).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Checks a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="rules">Rules before it.</param>
    /// <param name="externals">Names of facts from outside.</param>
    /// <returns>Strings of which it matters where and how often they are found.</returns>
    /// <exception cref="UnsupportedException">It uses something that is not supported.</exception>
    /// <exception cref="YaraException">It names something that is not there.</exception>
    public static ImmutableHashSet<string> Of(RuleDeclaration rule, IReadOnlySet<string> rules, IReadOnlySet<string> externals)
    {
        var check = new ConditionCheck(rule, rules, externals);
        check.Look(rule.Condition);
        return rule.Strings.FirstOrDefault(declared => !declared.IsAnonymous && !declared.Name.StartsWith('_') && !check._used.Contains(declared.Name)) is { } unused
            ? throw check.Wrong($"the string '${unused.Name}' is not used in the condition")
            : [.. check._placed];
    }

    private YaraException Wrong(string problem) => new(_rule.File, _rule.Line, $"in the rule '{_rule.Name}': {problem}");

    private void Look(Node node)
    {
        switch (node)
        {
            case Node.EntryPoint:
                throw new UnsupportedException("entrypoint");
            case Node.Name name:
                if (!_variables.Contains(name.Id) && !_rules.Contains(name.Id) && !_externals.Contains(name.Id))
                {
                    throw _rule.Imports.Contains(name.Id) ? new UnsupportedException($"the module '{name.Id}'") : Wrong($"'{name.Id}' is not known");
                }

                break;
            case Node.Member or Node.Element:
                throw Module(node);
            case Node.Call call:
                Call(call);
                break;
            case Node.Found found:
                Use(found.Id, found.At is not null || found.In is not null);
                Look(found.At, found.In);
                break;
            case Node.Count count:
                Use(count.Id, true);
                Look(null, count.In);
                break;
            case Node.Place place:
                Use(place.Id, true);
                Look(place.Index, null);
                break;
            case Node.Unary unary:
                Look(unary.Operand);
                break;
            case Node.Chain chain:
                Chain(chain);
                break;
            case Node.Regex:
                throw Wrong("a regular expression stands where none can");
            case Node.Some of:
                Use(of.Set, of.At is not null || of.In is not null);
                Look(of.Quantifier.Number, null);
                Look(of.At, of.In);
                break;
            case Node.OfRules of:
                Look(of.Quantifier.Number, null);
                if (of.Rules.FirstOrDefault(name => !name.EndsWith('*') && !_rules.Contains(name)) is { } unknown)
                {
                    throw Wrong($"the rule '{unknown}' is not known");
                }

                break;
            case Node.ForStrings loop:
                Look(loop.Quantifier.Number, null);
                _loops++;
                Use(loop.Set, Places(loop.Body));
                Look(loop.Body);
                _loops--;
                break;
            case Node.ForValues loop:
                Loop(loop);
                break;
        }
    }

    private void Look(Node? node, (Node From, Node To)? range)
    {
        if (node is not null)
        {
            Look(node);
        }

        if (range is { } bounds)
        {
            Look(bounds.From);
            Look(bounds.To);
        }
    }

    private void Chain(Node.Chain chain)
    {
        Look(chain.First);
        foreach (var operation in chain.Rest)
        {
            if (operation is { Operator: "matches", Operand: Node.Regex expression })
            {
                Try(() => TextExpression.Of(expression));
            }
            else
            {
                Look(operation.Operand);
            }
        }
    }

    private void Call(Node.Call call)
    {
        if (call.Function is Node.Member { Of: Node.Name module } member)
        {
            var name = $"{module.Id}.{member.Id}";
            if (!_rule.Imports.Contains(module.Id))
            {
                throw Wrong($"the module '{module.Id}' is not imported");
            }

            if (!ScanModules.Knows(name))
            {
                throw new UnsupportedException(name);
            }
        }
        else if (call.Function is not Node.Name name)
        {
            throw Module(call.Function);
        }
        else if (ByteReader.Named(name.Id) is null)
        {
            throw Wrong($"the function '{name.Id}' is not known");
        }

        foreach (var argument in call.Arguments)
        {
            Look(argument);
        }
    }

    private void Loop(Node.ForValues loop)
    {
        Look(loop.Quantifier.Number, loop.Range);
        if (loop.Iterated is not null)
        {
            throw Module(loop.Iterated);
        }

        if (loop.Variables.Length != 1)
        {
            throw Wrong("a loop over numbers has one variable");
        }

        foreach (var item in loop.Items)
        {
            Look(item);
        }

        var isNew = _variables.Add(loop.Variables[0]);
        Look(loop.Body);
        if (isNew)
        {
            _variables.Remove(loop.Variables[0]);
        }
    }

    private Exception Module(Node node)
    {
        var root = node;
        while (root is Node.Member or Node.Element or Node.Call)
        {
            root = root switch { Node.Member member => member.Of, Node.Element element => element.Of, Node.Call call => call.Function, _ => root };
        }

        return root is Node.Name name && _rule.Imports.Contains(name.Id) ? new UnsupportedException($"the module '{name.Id}'") : Wrong($"'{(root as Node.Name)?.Id}' is not known");
    }

    private void Use(string name, bool isPlaced)
    {
        if (name.Length == 0)
        {
            if (_loops == 0)
            {
                throw Wrong("'$' alone stands outside of a loop over strings");
            }

            return;
        }

        if (!_named.Contains(name))
        {
            throw Wrong($"the string '${name}' is not known");
        }

        Note(name, isPlaced);
    }

    private void Use(StringSet set, bool isPlaced)
    {
        var any = false;
        foreach (var declared in _rule.Strings.Where(set.Holds))
        {
            any = true;
            Note(declared.Name, isPlaced);
        }

        if (!any)
        {
            throw Wrong(set.Names.IsEmpty ? "it has no strings" : $"the string '${set.Names[0]}' is not known");
        }
    }

    private void Note(string name, bool isPlaced)
    {
        _used.Add(name);
        if (isPlaced)
        {
            _placed.Add(name);
        }
    }

    /// <summary>Whether a loop asks where its string is, or how often.</summary>
    private static bool Places(Node node) => node switch
    {
        Node.Found { Id: "", At: null, In: null } => false,
        Node.Found { Id: "" } or Node.Count { Id: "" } or Node.Place { Id: "" } => true,
        Node.Unary unary => Places(unary.Operand),
        Node.Chain chain => chain.Operands.Any(Places),
        Node.Call call => call.Arguments.Any(Places),
        Node.ForValues => true,
        _ => false,
    };

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (FormatException e)
        {
            throw Wrong(e.Message);
        }
    }
}
