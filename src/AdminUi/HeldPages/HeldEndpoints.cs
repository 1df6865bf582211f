using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;
using UserManagement.Ui;

namespace UserManagement.AdminUi.HeldPages;

/// <summary>What directories said and nobody has carried out: the list, what is decided on it, and the rules by which it is held.</summary>
internal static class HeldEndpoints
{
    private const string Path = "/directory/held";
    private const int PageSize = 40;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Gate.Page(Permission.ManageDirectory, visit => ShowAsync(visit)));
        routes.MapPost(Path, Gate.Act(DecideAsync));
        routes.MapGet(Path + "/all", Gate.Page(Permission.ManageDirectory, visit => AskAsync(visit)));
        routes.MapPost(Path + "/all", Gate.Act(DecideAllAsync));
        routes.MapGet(Path + "/merge", Gate.Page(Permission.ManageDirectory, AskMergeAsync));
        routes.MapPost(Path + "/group", Gate.Act(DecideGroupAsync));
        routes.MapPost(Path + "/rules", Gate.Act(SaveRulesAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null)
    {
        var waiting = visit.Query("show") != "kept";
        var after = visit.Query("after");
        var list = visit.Act<ListHeld>();
        var read = await list.SummaryAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var summary, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var kind = Array.Find(HeldWords.Kinds, k => k.Word == visit.Query("kind"));
        HeldAs? only = kind.Word is null ? null : kind.As;
        var page = await list.PageAsync(visit.Actor, visit.Workspace.Id, waiting, only, PageCursor.Read(after), PageSize, visit.Ct);
        if (!page.Is(out var shown, out refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Directory, refusal);
        return frame.Show<HeldScreen>(
            new()
            {
                ["Summary"] = summary,
                ["People"] = shown.People,
                ["Only"] = only,
                ["Waiting"] = waiting,
                ["After"] = after,
                ["Next"] = shown.Next?.ToString(),
            }
        );
    }

    private static async Task<IResult> DecideAsync(Visit visit)
    {
        List<Id<Member>> ids = [];
        foreach (var text in visit.Form["id"])
        {
            if (Id<Member>.TryParse(text, out var id))
            {
                ids.Add(id);
            }
        }

        var decided = await visit
            .Act<DecideHeld>()
            .RunAsync(visit.Actor, visit.Workspace.Id, ids, VerdictOf(visit.Field("verdict")), visit.Ct);
        if (!decided.Is(out var done, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(Said(VerdictOf(visit.Field("verdict")), done));
        return Visit.SeeOther(visit.Path(Path + (visit.Field("show") == "kept" ? "?show=kept" : "")));
    }

    private static Note Said(HoldVerdict verdict, IReadOnlyList<DecidedHold> done)
    {
        var (count, no) = (done.Count(d => d.Refusal is null), done.FirstOrDefault(d => d.Refusal is not null)?.Refusal);
        var people = count == 1 ? "1 person" : $"{Frame.Number(count)} people";
        var sentence =
            done.Count == 0 ? "Nobody was ticked."
            : verdict == HoldVerdict.Merge ? $"{people} merged with who was here."
            : verdict == HoldVerdict.Release ? $"What the directory says of {people} is carried out."
            : $"{people} stay{(count == 1 ? "s" : "")} as they are.";
        return no is null
            ? new(count == 0 ? Tone.Warning : Tone.Success, sentence)
            : new(Tone.Warning, $"{sentence} Not so {done.Count - count}: {no.Message}");
    }

    private static async Task<IResult> AskMergeAsync(Visit visit)
    {
        if (!Id<Member>.TryParse(visit.Query("id"), out var id))
        {
            return await ShowAsync(visit); // of nobody there is nothing to ask
        }

        var read = await visit.Act<ListHeld>().OneAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct);
        if (!read.Is(out var plan, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        var frame = await Frame.ReadAsync(visit, Place.Directory);
        return frame.Show<MergeScreen>(new() { ["Plan"] = plan });
    }

    private static async Task<IResult> AskAsync(Visit visit, Refusal? refusal = null)
    {
        var summary = await visit.Act<ListHeld>().SummaryAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        var frame = await Frame.ReadAsync(visit, Place.Directory, refusal);
        return frame.Show<DecideAllScreen>(new() { ["Summary"] = summary.Value, ["Verdict"] = VerdictOf(visit.Query("verdict")) });
    }

    private static async Task<IResult> DecideAllAsync(Visit visit)
    {
        var verdict = VerdictOf(visit.Query("verdict"));
        var read = await visit.Act<ListHeld>().SummaryAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var summary, out var refusal))
        {
            return await RefusedAsync(visit, refusal);
        }

        // whoever carries all out says how many that is, so that nobody does it for more than they saw
        var count = verdict == HoldVerdict.Merge ? summary.HereAlready : summary.Meant;
        if (
            verdict != HoldVerdict.Keep
            && (!long.TryParse(visit.Field("count"), NumberStyles.None, CultureInfo.InvariantCulture, out var meant) || meant < count)
        )
        {
            return await AskAsync(visit, Refusal.Invalid("count", $"It is {count} people by now. Type that number."));
        }

        HoldMode? afterwards = Enum.TryParse<HoldMode>(visit.Field("afterwards"), out var mode) && Enum.IsDefined(mode) ? mode : null;
        var decided = await visit.Act<DecideHeld>().AllAsync(visit.Actor, visit.Workspace.Id, verdict, afterwards, visit.Ct);
        if (decided.Refusal is { } no)
        {
            return await RefusedAsync(visit, no);
        }

        visit.Leave(
            new(
                Tone.Success,
                verdict switch
                {
                    HoldVerdict.Release => "What the directory says is carried out.",
                    HoldVerdict.Merge => "Who is here already is merged.",
                    _ => "Everybody stays as they are.",
                }
            )
        );
        return Visit.SeeOther(visit.Path(Path));
    }

    private static async Task<IResult> DecideGroupAsync(Visit visit)
    {
        _ = Id<Group>.TryParse(visit.Field("group"), out var group);
        var verdict = VerdictOf(visit.Field("verdict"));
        var decided = await visit.Act<DecideHeld>().GroupAsync(visit.Actor, visit.Workspace.Id, group, verdict, visit.Ct);
        if (decided.Refusal is { } refusal)
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(
            new(
                Tone.Success,
                verdict == HoldVerdict.Release
                    ? "People may leave the group for a day: the directory tries again."
                    : "The group stays as it is."
            )
        );
        return Visit.SeeOther(visit.Path(Path));
    }

    private static async Task<IResult> SaveRulesAsync(Visit visit)
    {
        _ = long.TryParse(visit.Field("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen);
        _ = Enum.TryParse<HoldMode>(visit.Field("mode"), out var mode);
        _ = Enum.TryParse<HoldDeadline>(visit.Field("deadline"), out var deadline);
        var rules = new HoldRules
        {
            Mode = mode,
            People = Number(visit.Field("people")),
            Percent = Number(visit.Field("percent")),
            Minutes = Number(visit.Field("minutes")) ?? 0,
            Days = Number(visit.Field("days")) ?? 0,
            OnDeadline = deadline,
        };
        var isNone = rules is { Mode: HoldMode.Apply, HasLimit: false };
        var wanted = visit.Configuration with { Scim = visit.Configuration.Scim with { Hold = isNone ? null : rules } };
        var outcome = await visit.Act<ChangeConfiguration>().RunAsync(visit.Actor, visit.Workspace.Id, seen, wanted, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await RefusedAsync(visit, refusal);
        }

        visit.Leave(new(Tone.Success, isNone ? "Nothing is held from now on." : "The rules for what is held are saved."));
        return Visit.SeeOther(visit.Path(Path));
    }

    // what is no number is none that may be entered: the core says so
    private static int? Number(string text) =>
        text.Length == 0 ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : -1;

    private static HoldVerdict VerdictOf(string? word) => HeldWords.VerdictOf(word);

    private static Task<IResult> RefusedAsync(Visit visit, Refusal refusal) =>
        Gate.RefusedAsync(visit, Permission.ManageDirectory, refusal, () => ShowAsync(visit, refusal));
}
