using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.AdminUi.MemberPages;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Ui;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>What the command key finds of people: the first few by name or address.</summary>
internal static class FindEndpoints
{
    private const int Most = 6;
    private const int MostWords = 100;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/find", Gate.Page(Permission.ReadMembers, FindAsync));

    private static async Task<IResult> FindAsync(Visit visit)
    {
        UiHeaders.Store(visit.Http);
        var search = (visit.Query("q") ?? "").Trim();
        if (search.Length is 0 or > MostWords)
        {
            return Results.Json(Array.Empty<object>());
        }

        var read = await visit
            .Act<MemberList>()
            .RunAsync(visit.Actor, visit.Workspace.Id, new() { Search = search, Count = Most }, visit.Ct);
        return read.Is(out var page, out var refusal)
            ? Results.Json(
                page.Rows.Select(r => new
                {
                    name = r.Member.ShownName,
                    detail = MemberWords.Address(r.Member),
                    href = visit.Path($"/members/{r.Member.Id}"),
                }),
                JsonSerializerOptions.Web
            )
            : Visit.Error(Refusals.Status(refusal.Kind), refusal.Message);
    }
}
