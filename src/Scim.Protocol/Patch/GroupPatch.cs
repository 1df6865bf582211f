using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Patch;

/// <summary>
/// A PATCH on a group, taken apart: changes of the group's own attributes for <see cref="PatchEngine"/> (over a group
/// without <c>members</c>), and an ordered list of member changes. A group of 50,000 is patched without reading its list.
/// </summary>
/// <param name="Attributes">The request without everything that concerns members; may have no operation at all.</param>
/// <param name="Members">The member changes in their order; see <see cref="MemberDelta.Fold"/>.</param>
public sealed record GroupPatch(PatchRequest Attributes, IReadOnlyList<MemberChange> Members)
{
    /// <summary>
    /// Takes a request apart. Refusals: 400 invalidValue when an operation on members names none or in a wrong shape (it
    /// never empties the group then), 400 invalidPath for filters other than <c>value eq</c> (with <c>type eq "User"</c> beside it or not),
    /// 400 mutability for changing a part of a member.
    /// </summary>
    public static ScimResult<GroupPatch> Read(PatchRequest request, ScimResourceType type, PatchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(type);
        options ??= PatchOptions.Default;
        var attributes = new List<PatchOperation>();
        var members = new List<MemberChange>();
        foreach (var operation in request.Operations)
        {
            var error =
                operation.Path is null ? Split(operation, type, options, attributes, members)
                : IsMembers(operation.Path, type)
                    ? Read(operation.Op, operation.Path, operation.Value, operation.HasValue, options, members)
                : Keep(operation, attributes);
            if (error is not null)
            {
                return error;
            }
        }
        return new GroupPatch(request with { Operations = attributes }, members);
    }

    private static ScimError? Keep(PatchOperation operation, List<PatchOperation> attributes)
    {
        attributes.Add(operation);
        return null;
    }

    private static bool IsMembers(PatchPath path, ScimResourceType type) =>
        type.Resolve(path.Attribute) is { Extension: null, Attribute.Name: "members" };

    private static ScimError? Split(
        PatchOperation operation,
        ScimResourceType type,
        PatchOptions options,
        List<PatchOperation> attributes,
        List<MemberChange> members
    )
    {
        var rest = new JsonObject();
        foreach (var (key, value) in (JsonObject)operation.Value!)
        {
            ScimError? error = null;
            if (type.Core.Is(key) && value is JsonObject inner)
            {
                error = Split(operation with { Value = inner }, type, options, attributes, members);
            }
            else if (PatchPath.Parse(key, options).TryGet(out var path, out _) && IsMembers(path, type))
            {
                error = Read(operation.Op, path, value, true, options, members);
            }
            else
            {
                rest[key] = value?.DeepClone();
            }
            if (error is not null)
            {
                return error;
            }
        }
        return rest.Count == 0 ? null : Keep(operation with { Value = rest }, attributes);
    }

    private static ScimError? Read(
        PatchOp op,
        PatchPath path,
        JsonNode? value,
        bool hasValue,
        PatchOptions options,
        List<MemberChange> changes
    )
    {
        if (path.ValueFilter is { } filter)
        {
            return ReadFiltered(
                op,
                path,
                filter,
                options.Strict || value is JsonArray { Count: 0 } or JsonObject { Count: 0 } ? null : value,
                options,
                changes
            );
        }
        if (path.Attribute.Sub is { } sub && (options.Strict || !sub.Equals("value", StringComparison.OrdinalIgnoreCase)))
        {
            return ScimError.Mutability("The parts of a member cannot be changed.");
        }
        if (op == PatchOp.Remove && (!hasValue || (options.Strict && value is null or JsonArray { Count: 0 })))
        {
            // null and an empty list are the same as no value (RFC 7643, section 2.5), which by the letter empties the group
            changes.Add(new MemberChange(MemberChangeKind.RemoveAll, []));
            return null;
        }
        if (op == PatchOp.Replace && value is not JsonArray)
        {
            // one word in the wrong shape must not put everybody out
            return ScimError.InvalidValue("Replacing 'members' needs a list.");
        }
        if (!MemberReference.ReadList(value, options.Strict).TryGet(out var members, out var error))
        {
            return error;
        }
        if (members.Count == 0 && op != PatchOp.Replace)
        {
            return ScimError.InvalidValue(
                op == PatchOp.Add
                    ? "The operation on 'members' names no members."
                    : "The remove names no members. To remove all of them, leave 'value' out."
            );
        }
        var change = op switch
        {
            PatchOp.Add => new MemberChange(MemberChangeKind.Add, members),
            PatchOp.Remove => new MemberChange(MemberChangeKind.Remove, members),
            _ => members.Count == 0
                ? new MemberChange(MemberChangeKind.RemoveAll, [])
                : new MemberChange(MemberChangeKind.ReplaceAll, members),
        };
        changes.Add(change with { List = value as JsonArray });
        return null;
    }

    private static ScimError? ReadFiltered(
        PatchOp op,
        PatchPath path,
        Filter filter,
        JsonNode? value,
        PatchOptions options,
        List<MemberChange> changes
    )
    {
        var ids = new List<MemberReference>();
        if (!Collect(filter, ids))
        {
            return ScimError.InvalidPath("Members are chosen by their id: members[value eq \"...\"].");
        }
        if (path.Attribute.Sub is null && value is not null && op is PatchOp.Remove or PatchOp.Add)
        {
            if (!MemberReference.ReadList(value, options.Strict).TryGet(out var named, out var unreadable))
            {
                return unreadable;
            }
            if (op == PatchOp.Add && named.Any(member => !ids.Exists(id => id.Value == member.Value)))
            {
                return ScimError.InvalidValue("The filter and the value name different members.");
            }
            if (op == PatchOp.Remove)
            {
                ids.RemoveAll(id => !named.Any(member => id.Value == member.Value)); // those of the chosen whom the value names
            }
        }
        if (op == PatchOp.Remove && path.Attribute.Sub is null)
        {
            changes.Add(new MemberChange(MemberChangeKind.Remove, ids));
            return null;
        }
        if (op == PatchOp.Add && path.Attribute.Sub is null && !options.Strict)
        {
            changes.Add(new MemberChange(MemberChangeKind.Add, ids));
            return null;
        }
        return ScimError.Mutability("The parts of a member cannot be changed.");
    }

    /// <summary>Every member is a user, so this chooses nobody less.</summary>
    private static bool IsAnyUser(Filter filter) =>
        filter is Compare { Operator: CompareOperator.Eq } compare
        && compare.Path.Name.Equals("type", StringComparison.OrdinalIgnoreCase)
        && compare.Value.Text.Equals("User", StringComparison.OrdinalIgnoreCase);

    private static bool Collect(Filter filter, List<MemberReference> ids)
    {
        if (filter is Or or)
        {
            return or.Terms.All(term => Collect(term, ids));
        }
        if (filter is And { Terms: [_, _] pair } && pair.FirstOrDefault(term => IsAnyUser(term)) is { } kind)
        {
            return Collect(pair[0] == kind ? pair[1] : pair[0], ids);
        }
        if (
            filter
                is not Compare { Operator: CompareOperator.Eq, Value: { Kind: not FilterValueKind.Null, Text.Length: > 0 } value } compare
            || !compare.Path.Name.Equals("value", StringComparison.OrdinalIgnoreCase)
        )
        {
            return false;
        }
        ids.Add(new MemberReference(value.Text, "User"));
        return true;
    }
}
