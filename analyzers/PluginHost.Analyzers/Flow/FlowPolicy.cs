using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers.Flow;

/// <summary>What a rule that follows values watches: where they come from, what makes them harmless, and where they must not go.</summary>
internal abstract class FlowPolicy
{
    /// <summary>Whether a value of a type can do no harm, whatever it was made of.</summary>
    public virtual bool IsHarmless(ITypeSymbol type) => false;

    /// <summary>Whether an operation yields what is watched for, whatever goes into it.</summary>
    public virtual bool IsSource(IOperation operation) => false;

    /// <summary>Whether an operation yields something harmless, whatever goes into it, but for what <paramref name="isTainted"/> says of its parts.</summary>
    public virtual bool IsSanitizer(IOperation operation, Func<IOperation, bool> isTainted) => false;

    /// <summary>Whether a call is a demand, and which argument names the resource.</summary>
    public virtual IOperation? Demanded(IInvocationOperation invocation) => null;

    /// <summary>Whether a call that returns has made sure of an argument.</summary>
    public virtual IOperation? Assured(IInvocationOperation invocation) => null;

    /// <summary>Whether a condition that came out in a way makes sure of one of its operands.</summary>
    public virtual IOperation? AssuredBy(IOperation condition, bool outcome, Func<IOperation, bool> isTainted) => null;

    /// <summary>What an operation does something with that must not be tainted.</summary>
    public virtual IEnumerable<IOperation> Sinks(IOperation operation) => [];

    /// <summary>Whether what a body that is followed returns must not be tainted.</summary>
    public virtual bool ReturnsAreSinks => false;

    /// <summary>The same of a lambda in it.</summary>
    public virtual bool IsReturnASink(IFlowAnonymousFunctionOperation lambda) => false;
}
