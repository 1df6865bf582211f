using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.Requirements;

/// <summary>
/// Each promise of <c>rows.txt</c> has a test that names it by <see cref="ShowsAttribute"/>, and <c>docs/requirements.md</c> says which.
/// To renew the page: <c>USERMANAGEMENT_TEST_RENEW=1 dotnet run --project tests/Host.Tests -- --filter-class "*RequirementsTests"</c>.
/// </summary>
public sealed class RequirementsTests
{
    /// <summary>How many rows may be without a test. It is lowered with every row that gets one, and never raised.</summary>
    private const int StillWithout = 0;

    [Fact]
    public async Task Every_promise_is_shown_by_a_test_or_stands_among_those_that_are_still_to_come()
    {
        var rows = await PromiseRow.AllAsync();
        var shown = await ShownBy.AllAsync();
        Assert.Equal(226, rows.Count);
        Assert.Equal(rows.Count, rows.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal([], shown.Keys.Except(rows.Select(r => r.Id))); // a test names a row that is none
        Assert.Equal([], rows.Where(r => r.State == PromiseState.Kept && !shown.ContainsKey(r.Id)).Select(r => r.Id)); // no test shows it
        Assert.Equal([], rows.Where(r => r.State == PromiseState.Later && shown.ContainsKey(r.Id)).Select(r => r.Id)); // no longer to come
        Assert.Equal([], rows.Where(r => (r.State == PromiseState.Advice) != (r.Note.Length > 0)).Select(r => r.Id));
        Assert.Equal(StillWithout, rows.Count(r => r.State == PromiseState.Later));
    }

    [Fact]
    public async Task The_page_of_promises_is_what_rows_and_tests_say()
    {
        var page = RequirementsPage.Write(await PromiseRow.AllAsync(), await ShownBy.AllAsync());
        var path = Repository.At("docs", "requirements.md");
        if (Environment.GetEnvironmentVariable("USERMANAGEMENT_TEST_RENEW") is "1")
        {
            await File.WriteAllTextAsync(path, page);
        }

        Assert.True(
            page == await File.ReadAllTextAsync(path),
            "docs/requirements.md is not what the tests say; this class says how to renew it."
        );
    }

    [Fact]
    public void Only_what_runs_as_a_test_shows_anything()
    {
        const string source = """
            public class GoodTests
            {
                [Theory, EachDatabase]
                [Shows("A-1", "A-2")]
                public async Task It_works(Database kind)

                [Fact(Skip = "not today")]
                [Shows("A-3")]
                public void It_is_skipped()

                [Shows("A-4")]
                public void It_is_no_test()

                // [Shows("A-5")]
                [Fact]
                public void It_is_a_comment()

                [Fact]
                [Shows(
                    "A-6",
                    "A-7"
                )]
                public void It_is_long()
            }
            """;
        Assert.Equal(
            [
                ("A-1", "GoodTests.It_works"),
                ("A-2", "GoodTests.It_works"),
                ("A-6", "GoodTests.It_is_long"),
                ("A-7", "GoodTests.It_is_long"),
            ],
            ShownBy.In(source).Select(s => (s.Row, s.Test))
        );
    }
}
