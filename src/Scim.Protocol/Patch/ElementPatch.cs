// Long because what an operation means for an attribute, its list and its parts stands in one place, where the cases can be compared.
using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Precis;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Patch;

/// <summary>
/// The three ways in which an operation meets its target: a whole attribute, a sub-attribute, or the elements of a list
/// that a filter chooses. Works on the engine's working copy.
/// </summary>
internal sealed class ElementPatch(ValueReader values)
{
    /// <summary><c>attr</c></summary>
    public ScimError? RunWhole(PatchOperation operation, JsonObject holder, ScimAttribute attribute)
    {
        var existing = holder[attribute.Name];
        if (operation.Op == PatchOp.Remove)
        {
            return attribute.MultiValued && operation.HasValue && !values.Strict
                ? RemoveListed(operation.Value, holder, attribute)
                : Remove(holder, attribute);
        }
        if (attribute.MultiValued)
        {
            return values.ReadList(attribute, operation.Value, out var list)
                ?? (
                    operation.Op == PatchOp.Replace ? Assign(holder, attribute, list)
                    : list is null ? AddNothing(attribute)
                    : Append(holder, attribute, list)
                );
        }
        if (!attribute.IsComplex)
        {
            return values.Read(attribute, operation.Value, out var simple) ?? Assign(holder, attribute, simple);
        }
        if (values.ReadForMerge(attribute, operation.Value, out var parts) is { } error)
        {
            return error;
        }
        if (parts is null)
        {
            return Assign(holder, attribute, null);
        }
        var target = existing as JsonObject ?? [];
        if (Merge(target, attribute, parts) is { } refused)
        {
            return refused;
        }
        return target.Count == 0 ? Assign(holder, attribute, null)
            : target.Parent is null ? Assign(holder, attribute, target)
            : null;
    }

    /// <summary><c>attr.sub</c></summary>
    public ScimError? RunSub(PatchOperation operation, JsonObject holder, ScimAttribute attribute, ScimAttribute sub)
    {
        if (attribute.MultiValued && operation is { Op: PatchOp.Remove, HasValue: true } && !values.Strict)
        {
            return RemoveListed(operation.Value, holder, attribute, sub);
        }
        JsonNode? value = null;
        if (operation.Op != PatchOp.Remove && values.Read(sub, operation.Value, out value) is { } error)
        {
            return error;
        }
        if (!attribute.MultiValued)
        {
            var target = holder[attribute.Name] as JsonObject;
            if (target is null && value is null)
            {
                return null;
            }
            target ??= ScimResource.Child(holder, attribute.Name);
            return Set(target, attribute, sub, value) ?? (IsHollow(target, attribute) ? Assign(holder, attribute, null) : null);
        }
        if (holder[attribute.Name] is JsonArray { Count: > 0 } list)
        {
            return SetInAll(holder, attribute, sub, value, [.. list.OfType<JsonObject>()]);
        }
        if (value is null)
        {
            return null;
        }
        return values.Strict
            ? ScimError.NoTarget($"'{attribute.Path}' has no value to change.")
            : Append(holder, attribute, new JsonArray(new JsonObject { [sub.Name] = value }));
    }

    /// <summary><c>attr[filter]</c> and <c>attr[filter].sub</c></summary>
    public ScimError? RunFiltered(PatchOperation operation, JsonObject holder, ResolvedAttribute found, Filter filter)
    {
        var attribute = found.Attribute;
        var chosen = (holder[attribute.Name] as JsonArray ?? [])
            .OfType<JsonObject>()
            .Where(element => FilterEvaluator.MatchesElement(filter, element, attribute))
            .ToList();
        JsonNode? value = null;
        if (operation.Op != PatchOp.Remove)
        {
            var error = found.Sub is not null
                ? values.Read(found.Sub, operation.Value, out value)
                : values.ReadElement(attribute, Unwrapped(operation.Value), out value);
            if (error is not null)
            {
                return error;
            }
        }
        if (operation.Op == PatchOp.Add && value is null && found.Sub is null)
        {
            return values.Strict && operation.Value is not JsonObject
                ? ScimError.InvalidValue($"The operation adds nothing to '{attribute.Path}'.")
                : AddNothing(attribute);
        }
        if (chosen.Count == 0)
        {
            return operation.Op == PatchOp.Remove || values.Strict ? NoTarget(attribute)
                : value is null ? null
                : Create(holder, found, filter, value);
        }
        if (operation is { Op: PatchOp.Remove, Value: not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 }) } && !values.Strict)
        {
            if (Narrow(operation.Value, attribute, found.Sub, chosen) is { } unreadable)
            {
                return unreadable;
            }
            if (chosen.Count == 0)
            {
                return null; // what is named is not there, as in a remove without a filter
            }
        }
        if (found.Sub is not null)
        {
            return SetInAll(holder, attribute, found.Sub, value, chosen);
        }
        return value is JsonObject element
            ? ReplaceAll(operation.Op, holder, attribute, chosen, element, filter)
            : RemoveAll(holder, attribute, chosen);
    }

    /// <summary>
    /// A remove that chooses and has a value takes away those of the chosen that it names; null and what is empty name nothing and leave it
    /// to the filter.
    /// </summary>
    private ScimError? Narrow(JsonNode named, ScimAttribute attribute, ScimAttribute? sub, List<JsonObject> chosen)
    {
        if (sub is null)
        {
            var unreadable = values.ReadList(attribute, named, out var list);
            chosen.RemoveAll(element => list?.Any(item => Covers(item, element, attribute)) == false);
            return unreadable;
        }
        if (values.Read(sub, named, out var part) is { } error)
        {
            return error;
        }
        chosen.RemoveAll(element =>
            part is not null && !(element[sub.Name] is { } own && IsSame(own.ToString(), part.ToString(), sub.CaseExact))
        );
        return null;
    }

    /// <summary>Entra and others expect an element where the filter finds none: it is made from the filter's own words.</summary>
    private ScimError? Create(JsonObject holder, ResolvedAttribute found, Filter filter, JsonNode value)
    {
        var element = found.Sub is null ? (JsonObject)value : [];
        if (!FillFrom(filter, found.Attribute, element))
        {
            return NoTarget(found.Attribute);
        }
        if (found.Sub is not null)
        {
            element[found.Sub.Name] = value;
        }
        return Append(holder, found.Attribute, new JsonArray(element));
    }

    /// <summary>Writes what an <c>eq</c> filter says into an element; false when the filter says anything else.</summary>
    private bool FillFrom(Filter filter, ScimAttribute attribute, JsonObject element)
    {
        if (filter is And and)
        {
            return and.Terms.All(term => FillFrom(term, attribute, element));
        }
        if (
            filter is not Compare { Operator: CompareOperator.Eq, Value.Kind: not FilterValueKind.Null } compare
            || FilterCheck.Part(compare.Path, attribute) is not { } part
            || values.Read(part, JsonValue.Create(compare.Value.Text), out var value) is not null
        )
        {
            return false;
        }
        if (element[part.Name] is null)
        {
            element[part.Name] = value;
        }
        return true;
    }

    private ScimError? ReplaceAll(
        PatchOp op,
        JsonObject holder,
        ScimAttribute attribute,
        List<JsonObject> chosen,
        JsonObject value,
        Filter filter
    )
    {
        foreach (var element in chosen)
        {
            var next = (JsonObject)value.DeepClone();
            if (op == PatchOp.Replace && !values.Strict)
            {
                FillFrom(filter, attribute, next);
            }
            foreach (var part in attribute.SubAttributes)
            {
                if (
                    (next.ContainsKey(part.Name) || op == PatchOp.Replace)
                    && Set(element, attribute, part, next[part.Name]?.DeepClone()) is { } error
                )
                {
                    return error;
                }
            }
        }
        return Settle(holder, attribute, chosen);
    }

    private ScimError? SetInAll(JsonObject holder, ScimAttribute attribute, ScimAttribute sub, JsonNode? value, List<JsonObject> chosen)
    {
        foreach (var element in chosen)
        {
            if (Set(element, attribute, sub, value?.DeepClone()) is { } error)
            {
                return error;
            }
        }
        return value is null
            ? RemoveAll(holder, attribute, [.. chosen.Where(element => IsHollow(element, attribute))])
            : Settle(holder, attribute, chosen);
    }

    /// <summary>After elements were changed in place: one primary, and no two elements that are the same.</summary>
    private static ScimError? Settle(JsonObject holder, ScimAttribute attribute, List<JsonObject> changed)
    {
        if (holder[attribute.Name] is not JsonArray list)
        {
            return null;
        }
        KeepOnePrimary(list, changed);
        var seen = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var element in list.OfType<JsonObject>().ToList())
        {
            if (!seen.TryAdd(Twins.Key(attribute, element), element))
            {
                Twins.Join(seen[Twins.Key(attribute, element)], element);
                list.Remove(element);
            }
        }
        return null;
    }

    private static ScimError? RemoveAll(JsonObject holder, ScimAttribute attribute, List<JsonObject> chosen)
    {
        if (holder[attribute.Name] is not JsonArray list)
        {
            return null;
        }
        foreach (var element in chosen)
        {
            list.Remove(element);
        }
        return list.Count == 0 ? Remove(holder, attribute) : null;
    }

    /// <summary>Adding nothing to a list changes nothing, and is said.</summary>
    private ScimError? AddNothing(ScimAttribute attribute)
    {
        values.PassOver(attribute, PassedOverReason.Empty);
        return null;
    }

    /// <summary>A remove that lists values takes away those, never the whole list; one that lists none is a slip.</summary>
    private ScimError? RemoveListed(JsonNode? listed, JsonObject holder, ScimAttribute attribute)
    {
        if (values.ReadList(attribute, listed, out var list) is { } error)
        {
            return error;
        }
        if (list is null)
        {
            return ScimError.InvalidValue($"The remove names no value of '{attribute.Path}'. To remove all of them, leave 'value' out.");
        }
        if (holder[attribute.Name] is not JsonArray existing)
        {
            return null;
        }
        foreach (var item in existing.Where(item => list.Any(named => Covers(named, item, attribute))).ToList())
        {
            existing.Remove(item);
        }
        return existing.Count == 0 ? Remove(holder, attribute) : null;
    }

    /// <summary>The same for a part of each element: where it is the value itself the elements leave, another part chooses none.</summary>
    private ScimError? RemoveListed(JsonNode? listed, JsonObject holder, ScimAttribute attribute, ScimAttribute sub)
    {
        if (listed is null or JsonArray { Count: 0 })
        {
            values.PassOver(sub, PassedOverReason.Empty);
            return null;
        }
        return sub == attribute.ValueAttribute
            ? RemoveListed(listed, holder, attribute)
            : ScimError.InvalidValue($"A remove of '{sub.Path}' has no value. To choose by it, use a filter.");
    }

    private ScimError? Append(JsonObject holder, ScimAttribute attribute, JsonArray? added)
    {
        if (added is null)
        {
            return null;
        }
        if (holder[attribute.Name] is not JsonArray list)
        {
            holder[attribute.Name] = added;
            return null;
        }
        var touched = new List<JsonObject>();
        foreach (var item in added.ToList())
        {
            added.Remove(item);
            var twin = list.FirstOrDefault(existing =>
                values.Strict ? IsTwin(item, existing, attribute) : Covers(item, existing, attribute)
            );
            if (twin is null)
            {
                list.Add(item);
            }
            else if (item is JsonObject parts && twin is JsonObject same)
            {
                foreach (var (name, part) in parts.Where(pair => !IsAssumed(pair.Key, same[pair.Key], pair.Value)))
                {
                    same[name] = part?.DeepClone();
                }
            }
            // one that is primary already is not made primary by being named again
            if ((twin ?? item) is JsonObject element && Json.IsTrue((item as JsonObject)?["primary"]))
            {
                touched.Add(element);
            }
        }
        KeepOnePrimary(list, touched);
        return values.CheckCount(attribute, list.Count);
    }

    private static ScimError? Merge(JsonObject target, ScimAttribute attribute, JsonObject parts)
    {
        // the part that says what is referred to first: it clears what belonged to the old one
        foreach (var part in attribute.SubAttributes.OrderBy(part => part.Name == "value" ? 0 : 1))
        {
            if (parts.ContainsKey(part.Name) && Set(target, attribute, part, parts[part.Name]?.DeepClone()) is { } error)
            {
                return error;
            }
        }
        return null;
    }

    private static ScimError? Set(JsonObject element, ScimAttribute attribute, ScimAttribute sub, JsonNode? value)
    {
        var old = element[sub.Name];
        if (JsonNode.DeepEquals(old, value) || (attribute.MultiValued && IsAssumed(sub.Name, old, value)))
        {
            return null;
        }
        if (sub.Mutability == Mutability.Immutable && old is not null)
        {
            return ScimError.Mutability($"'{sub.Path}' cannot be changed once it is set.");
        }
        if (value is null)
        {
            element.Remove(sub.Name);
            return sub.Required ? ScimError.Mutability($"'{sub.Path}' is required.") : null;
        }
        if (!attribute.MultiValued && sub.Name == "value")
        {
            // another manager: the old one's address and name go with the old id
            element.Clear();
        }
        element[sub.Name] = value;
        return null;
    }

    private static ScimError? Assign(JsonObject holder, ScimAttribute attribute, JsonNode? value)
    {
        var old = holder[attribute.Name];
        if (attribute.Mutability == Mutability.Immutable && old is not null && !JsonNode.DeepEquals(old, value))
        {
            return ScimError.Mutability($"'{attribute.Path}' cannot be changed once it is set.");
        }
        if (value is not null)
        {
            holder[attribute.Name] = value;
            return null;
        }
        holder.Remove(attribute.Name);
        return attribute.Required ? ScimError.InvalidValue($"'{attribute.Path}' is required and cannot be empty.") : null;
    }

    private static ScimError? Remove(JsonObject holder, ScimAttribute attribute)
    {
        if (attribute.Required || (attribute.Mutability == Mutability.Immutable && holder[attribute.Name] is not null))
        {
            return ScimError.Mutability($"'{attribute.Path}' cannot be removed.");
        }
        holder.Remove(attribute.Name);
        return null;
    }

    /// <summary>The last one that was just made primary stays it (RFC 7644, section 3.5.2).</summary>
    private static void KeepOnePrimary(JsonArray? list, List<JsonObject> touched)
    {
        if (list is null || touched.FindLast(element => Json.IsTrue(element["primary"])) is not { } winner)
        {
            return;
        }
        foreach (
            var other in list.OfType<JsonObject>().Where(element => !ReferenceEquals(element, winner) && Json.IsTrue(element["primary"]))
        )
        {
            other["primary"] = false;
        }
    }

    /// <summary>Not to say that an element is primary, and to say that it is not, is the same (RFC 7643, section 2.4).</summary>
    private static bool IsAssumed(string part, JsonNode? old, JsonNode? value) =>
        part == "primary" && old is null && value is JsonValue && value.GetValueKind() == JsonValueKind.False;

    private static bool IsTwin(JsonNode? named, JsonNode? existing, ScimAttribute attribute) =>
        named is not null && existing is not null && Twins.Key(attribute, named) == Twins.Key(attribute, existing);

    private static bool IsSame(string a, string b, bool caseExact) => caseExact ? a == b : ComparisonKey.Of(a) == ComparisonKey.Of(b);

    /// <summary>True when a value that a client names means an element that is there.</summary>
    private static bool Covers(JsonNode? named, JsonNode? existing, ScimAttribute attribute)
    {
        if (named is not JsonObject wanted || existing is not JsonObject element)
        {
            return JsonNode.DeepEquals(named, existing);
        }
        if (attribute.ValueAttribute is not { } main || wanted["value"] is not { } value)
        {
            return wanted.All(pair => JsonNode.DeepEquals(pair.Value, element[pair.Key]));
        }
        return element["value"] is { } other
            && IsSame(value.ToString(), other.ToString(), main.CaseExact)
            && (
                wanted["type"] is not { } kind
                || (element["type"] is { } type && IsSame(kind.ToString(), type.ToString(), caseExact: false))
            );
    }

    /// <summary>True when what is left only labels a value that is gone.</summary>
    private bool IsHollow(JsonObject element, ScimAttribute attribute) =>
        values.Strict ? element.Count == 0
        : attribute.ValueAttribute is not null && !attribute.MultiValued ? element["value"] is null
        : element.All(pair => pair.Key is "type" or "primary" or "display");

    private static JsonNode? Unwrapped(JsonNode? value) => value is JsonArray { Count: 1 } list ? list[0] : value;

    private static ScimError NoTarget(ScimAttribute attribute) => ScimError.NoTarget($"The filter chooses no value of '{attribute.Path}'.");
}
