using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Report;

/// <summary>
/// Looks at every answer of a run, whatever the directory, for what RFC 7644 says about form: errors, lists, resources, creates.
/// </summary>
/// <param name="expectations">Where rules are noted.</param>
public sealed class AnswerRules(Expectations expectations)
{
    private const string ErrorSchema = "urn:ietf:params:scim:api:messages:2.0:Error";
    private static readonly string[] MediaTypes = ["application/scim+json", "application/json"];

    /// <summary>Checks one answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="answer">What came; one without status is left alone.</param>
    public void Look(ScimRequest request, ScimAnswer answer)
    {
        if (answer.Status == 0 || answer.Recovered)
        {
            return;
        }

        if (request.Upholds is { } rule)
        {
            expectations.Check(rule, answer.AsExpected, answer.Detail, answer);
        }

        if (answer.Text.Length > 0)
        {
            expectations.Check(
                CommonRules.MediaType,
                MediaTypes.Contains(answer.MediaType),
                $"a body of type {answer.MediaType ?? "unknown"}",
                answer
            );
        }

        if (answer.Status >= 400)
        {
            var status = JsonText.Of(answer.Body?["status"]);
            expectations.Check(
                CommonRules.ErrorForm,
                Names(answer.Body, ErrorSchema) && status == $"{answer.Status}",
                $"a {answer.Status} without SCIM error body",
                answer
            );
        }
        else if (!request.Path.StartsWith('/'))
        {
            return; // the base address: what it answers is the server's choice
        }
        else if (request.Method == HttpMethod.Get && !IsOne(request.Path))
        {
            LookAtList(answer);
        }
        else if (request.Method == HttpMethod.Post)
        {
            LookAtCreated(answer);
        }
        else if (request.Method == HttpMethod.Get || answer.Text.Length > 0)
        {
            LookAtResource(answer.Body, answer);
        }
    }

    private void LookAtList(ScimAnswer answer)
    {
        var list = answer.List;
        expectations.Check(
            CommonRules.ListForm,
            list is { IsListResponse: true, HasResources: true },
            "no ListResponse schema, no totalResults or no Resources",
            answer
        );
        var (shown, said) = (list.Resources.Count, list.ItemsPerPage);
        expectations.Check(
            CommonRules.Counts,
            list.TotalResults >= shown && (said is null || said == shown),
            $"totalResults {list.TotalResults}, itemsPerPage {said}, resources {shown}",
            answer
        );
        if (list.Resources is [{ Body: { } first }, ..])
        {
            LookAtResource(first, answer);
        }
    }

    private void LookAtCreated(ScimAnswer answer)
    {
        var (id, location) = (answer.Resource.Id, JsonText.Of((answer.Body?["meta"] as JsonObject)?["location"]));
        expectations.Check(
            CommonRules.Created,
            answer.Status == 201 && !string.IsNullOrEmpty(id),
            $"{answer.Status}, id {id ?? "none"}",
            answer
        );
        expectations.Check(
            CommonRules.Location,
            answer.Location is { } header
                && id is not null
                && header.EndsWith(id, StringComparison.Ordinal)
                && (location is null || location == header),
            $"Location {answer.Location ?? "none"}, meta.location {location ?? "none"}",
            answer
        );
        LookAtResource(answer.Body, answer);
    }

    private void LookAtResource(JsonObject? resource, ScimAnswer answer)
    {
        var named = resource?["schemas"] is JsonArray { Count: > 0 } && !string.IsNullOrEmpty(JsonText.Of(resource["id"]));
        expectations.Check(CommonRules.ResourceForm, named, "a resource without schemas or id", answer);
        expectations.Check(CommonRules.NoPassword, resource?["password"] is null, "a password in the answer", answer);
    }

    private static bool IsOne(string path) => path.Split('?')[0].Count(c => c == '/') > 1;

    private static bool Names(JsonObject? body, string schema) =>
        body?["schemas"] is JsonArray schemas && schemas.Any(s => JsonText.Of(s) == schema);
}
