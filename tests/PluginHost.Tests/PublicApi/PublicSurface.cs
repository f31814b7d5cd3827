using System.Reflection;
using System.Text;

namespace PluginHost.Tests.PublicApi;

/// <summary>What an assembly shows to the world, as text: a line for each type and member, in ordinal order.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What every record has.</summary>
    private static readonly string[] Usual = ["<Clone>$", "Deconstruct", "Equals", "GetHashCode", "ToString", "BeginInvoke", "EndInvoke"];

    public static string Of(Assembly assembly)
    {
        var lines = new List<string>();
        foreach (var type in assembly.GetExportedTypes())
        {
            var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type.BaseType == typeof(MulticastDelegate) ? "delegate"
                : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
            lines.Add($"{type.FullName}: {kind}{(type.BaseType is { } parent && parent != typeof(object) ? " " + Name(parent) : "")}");
            lines.AddRange(type.GetMembers(Declared).Where(IsVisible).Select(member => $"{type.FullName}.{Signature(member)}"));
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines.Distinct(StringComparer.Ordinal)) + "\n";
    }

    private static bool IsVisible(MemberInfo member) => !Usual.Contains(member.Name) && member switch
    {
        MethodBase { IsSpecialName: true, Name: not ".ctor" } => false,
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic && !field.IsSpecialName,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(accessor => accessor.IsPublic || accessor.IsFamily),
        EventInfo => true,
        _ => false,
    };

    private static string Signature(MemberInfo member) => member switch
    {
        MethodInfo method => $"{method.Name}({Parameters(method)}): {Name(method.ReturnType)}{(method.IsStatic ? " static" : "")}",
        ConstructorInfo constructor => $".ctor({Parameters(constructor)})",
        PropertyInfo property => $"{property.Name}: {Name(property.PropertyType)}{(property.SetMethod is { IsPublic: true } ? " set" : "")}{(property.GetMethod?.IsStatic == true ? " static" : "")}",
        FieldInfo field => $"{field.Name}: {Name(field.FieldType)}",
        _ => member.Name,
    };

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? "?" : "")}"));

    private static string Name(Type type)
    {
        if (!type.IsGenericType)
        {
            return type.IsByRef ? "ref " + Name(type.GetElementType()!) : type.Name;
        }

        var text = new StringBuilder(type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]);
        return text.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(Name)).Append('>').ToString();
    }
}
