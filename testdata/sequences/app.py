from operator import attrgetter

from sqlalchemy import Column, ForeignKey, Table, select
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    pass


links = Table("links", Base.metadata, Column("post_id", ForeignKey("post.id"), primary_key=True), Column("tag_id", ForeignKey("tag.id"), primary_key=True))


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    posts: Mapped[list["Post"]] = relationship(back_populates="author", cascade="all, delete-orphan")


class Post(Base):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    author: Mapped["User"] = relationship(back_populates="posts")
    comments: Mapped[list["Comment"]] = relationship(back_populates="post", cascade="all, delete-orphan")
    tags: Mapped[list["Tag"]] = relationship(secondary=links, cascade="all")


class Comment(Base):
    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    post: Mapped["Post"] = relationship(back_populates="comments", cascade="all")


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Slot(Base):
    __tablename__ = "slot"
    row: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)


maker = async_sessionmaker(expire_on_commit=False)


async def fill():
    async with maker() as session:
        session.add(Slot(row=1, position=0))
        tags = [Tag(name=f"tag {n}") for n in range(4)]
        session.add_all(tags)
        for n in range(3):
            posts = [Post(title=f"post {n}{m}", tags=tags[m : m + 2]) for m in range(2)]
            for post in posts:
                post.comments = [Comment(text="first"), Comment(text="second")]
            session.add(User(name=f"user {n}", posts=posts))
        await session.commit()


async def told_first_and_second():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = await user.awaitable_attrs.posts
        await session.refresh(user)
        first, second = posts
        print(first.title)


async def told_sorted_by_a_lambda():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print(sorted(posts, key=lambda p: p.title))


async def told_behind_a_length():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        if len(posts) > 1:
            print(posts[1].title)


async def told_dictionary():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        titles = {post.id: post.title for post in posts}


async def told_greatest():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print(max(posts, key=lambda p: p.id).title)


async def told_sorted_in_place():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        posts.sort(key=lambda p: p.title)


async def told_last():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print(posts[-1].title)


async def told_slice():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        for post in posts[:5]:
            print(post.title)


async def told_enumerated():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        for i, post in enumerate(posts):
            print(i, post.title)


async def told_first_that():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print(next(post for post in posts if post.title == "a"))


async def told_any():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print(any(post.title == "a" for post in posts))


async def told_mapped():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print([*map(lambda p: p.title, posts)])


async def told_next():
    async with maker() as session:
        user = await session.get(User, 1)
        post = next(iter(await user.awaitable_attrs.posts), None)
        await session.refresh(user)
        if post:
            print(post.title)


async def told_values_of_a_dictionary():
    async with maker() as session:
        user = await session.get(User, 1)
        by_id = {post.id: post for post in await user.awaitable_attrs.posts}
        await session.refresh(user)
        for post in by_id.values():
            print(post.title)


async def told_value_of_a_key():
    async with maker() as session:
        user = await session.get(User, 1)
        by_id = {post.id: post for post in await user.awaitable_attrs.posts}
        await session.refresh(user)
        print(by_id[1].title)


async def told_splatted():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = [*await user.awaitable_attrs.posts]
        await session.refresh(user)
        print(posts[0].title)


async def told_list_of_a_query_that_a_constructor_gets():
    async with maker() as session:
        tags = (await session.scalars(select(Tag))).all()
        post = Post(title="a", author_id=1, tags=tags)
        session.add(post)
        await session.commit()
        await session.refresh(post)
        print([tag.name for tag in tags])


async def told_list_of_a_query_that_extends():
    async with maker() as session:
        tags = (await session.scalars(select(Tag).where(Tag.id.in_([1, 2])))).all()
        post = Post(title="a", author_id=1)
        post.tags.extend(tags)
        session.add(post)
        await session.commit()
        await session.refresh(post)
        for tag in tags:
            print(tag.name)


async def told_first_and_others():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        a, *others = posts
        print(a.title)


async def told_joined():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print("; ".join(post.title for post in posts))


async def told_reversed():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print(list(reversed(posts))[0].title)


async def told_sorted_by_attrgetter():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        print(sorted(posts, key=attrgetter("title")))


async def told_first_of_sorted():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = sorted(await user.awaitable_attrs.posts, key=lambda p: p.title)
        await session.refresh(user)
        print(posts[0].title)


async def silent_moved_to_another():
    async with maker() as session:
        user = await session.get(User, 1)
        other = await session.get(User, 2)
        posts = await user.awaitable_attrs.posts
        await other.awaitable_attrs.posts
        other.posts = list(posts)
        await session.commit()
        await session.refresh(user)
        print([p.title for p in list(other.posts)])


async def silent_moved_by_extend():
    async with maker() as session:
        user = await session.get(User, 1)
        other = await session.get(User, 2)
        posts = list(await user.awaitable_attrs.posts)
        (await other.awaitable_attrs.posts).extend(posts)
        await session.commit()
        await session.refresh(user)
        print([p.title for p in posts])


async def told_moved_to_a_new_one():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        other = User(name="new", posts=posts)
        session.add(other)
        await session.commit()
        await session.refresh(other)
        print([p.title for p in posts])


async def silent_any_of_some_that_are_loaded():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        a = posts[0]
        await session.refresh(user)
        await session.refresh(a)
        print(any(p.title for p in posts))


async def told_last_where_the_first_is_loaded():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        a = posts[0]
        await session.refresh(user)
        await session.refresh(a)
        print(posts[-1].title)


async def silent_same_from_the_other_end():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        a = posts[-1]
        await session.refresh(user)
        await session.refresh(a)
        print(posts[1].title)


async def silent_slice_of_the_first():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        a = posts[0]
        await session.refresh(user)
        await session.refresh(a)
        for p in posts[:1]:
            print(p.title)


async def told_slice_behind_the_first():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        a = posts[0]
        await session.refresh(user)
        await session.refresh(a)
        for p in posts[1:]:
            print(p.title)


async def silent_each_is_loaded_again():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        for p in posts:
            await session.refresh(p)
        for p in posts:
            print(p.title)


async def silent_value_of_a_key_that_is_loaded():
    async with maker() as session:
        user = await session.get(User, 1)
        by_id = {p.id: p for p in await user.awaitable_attrs.posts}
        await session.refresh(user)
        await session.refresh(by_id[1])
        print(by_id[1].title)


async def told_items_of_a_dictionary():
    async with maker() as session:
        user = await session.get(User, 1)
        by_id = {p.id: p for p in await user.awaitable_attrs.posts}
        await session.refresh(user)
        for key, p in by_id.items():
            print(key, p.title)


async def told_value_that_a_dictionary_may_have():
    async with maker() as session:
        user = await session.get(User, 1)
        by_id = {p.id: p for p in await user.awaitable_attrs.posts}
        await session.refresh(user)
        post = by_id.get(1)
        if post is not None:
            print(post.title)


async def told_greatest_by_identity():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        first = max(posts, key=id)
        print(first.title)


async def silent_last_where_a_slice_is_given():
    async with maker() as session:
        tags = list((await session.scalars(select(Tag))).all())
        post = Post(title="a", author_id=1, tags=tags[:2])
        session.add(post)
        await session.commit()
        await session.refresh(post)
        print(tags[-1].name)


async def silent_all_are_loaded_again():
    async with maker() as session:
        tags = list((await session.scalars(select(Tag))).all())
        p1 = Post(title="a", author_id=1, tags=tags)
        session.add(p1)
        await session.commit()
        tags = list((await session.scalars(select(Tag))).all())
        await session.refresh(p1)
        tags = list((await session.scalars(select(Tag))).all())
        print(tags[0].name)


async def told_set_to_what_it_was():
    async with maker() as session:
        post = await session.get(Post, 1)
        tags = list(await post.awaitable_attrs.tags)
        post.tags = tags
        await session.commit()
        await session.refresh(post)
        print(tags[0].name)


async def silent_cleared():
    async with maker() as session:
        post = await session.get(Post, 1)
        tags = list(await post.awaitable_attrs.tags)
        post.tags.clear()
        await session.commit()
        await session.refresh(post)
        print(tags[0].name)


async def silent_others_behind_a_star():
    async with maker() as session:
        post = await session.get(Post, 1)
        first, *others = await post.awaitable_attrs.comments
        await session.refresh(first)
        print([c.text for c in others])


async def silent_others_before_the_last():
    async with maker() as session:
        post = await session.get(Post, 1)
        *others, last = await post.awaitable_attrs.comments
        await session.refresh(last)
        print(others[0].text)


async def silent_filtered():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = await post.awaitable_attrs.comments
        await session.refresh(comments[0])
        for comment in filter(lambda c: c.id, comments):
            print(comment.text)


async def silent_enumerated_from_one():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = await post.awaitable_attrs.comments
        await session.refresh(comments[0])
        for n, comment in enumerate(comments, 1):
            print(n, comment.text)


async def silent_loop_that_leaves():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = await post.awaitable_attrs.comments
        await session.refresh(comments[0])
        for n, comment in enumerate(comments):
            print(n, comment.text)
            break


async def told_by_a_counter():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = list(await post.awaitable_attrs.comments)
        await session.refresh(post)
        i = 0
        while i < len(comments):
            print(comments[i].text)
            i += 1


async def silent_one_by_a_counter_that_is_loaded():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = list(await post.awaitable_attrs.comments)
        await session.refresh(post)
        await session.refresh(comments[0])
        for i in range(1):
            print(comments[i].text)


async def silent_by_the_same_name():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = list(await post.awaitable_attrs.comments)
        i = 0
        a = comments[i]
        await session.refresh(post)
        await session.refresh(a)
        print(comments[i].text)


async def silent_first_of_a_list_that_has_the_refreshed():
    async with maker() as session:
        comment = await session.get(Comment, 1)
        post = await comment.awaitable_attrs.post
        comments = [other for other in await post.awaitable_attrs.comments]
        await session.refresh(comment)
        first, *others = comments
        print(first.text)


async def silent_each_by_a_counter():
    async with maker() as session:
        post = await session.get(Post, 1)
        tags = list(await post.awaitable_attrs.tags)
        await session.refresh(post)
        for place in range(len(tags)):
            await session.refresh(tags[place])
        print(max(tags, key=attrgetter("id")).name)


async def silent_list_that_was_there():
    async with maker() as session:
        post = await session.get(Post, 1, options=[joinedload(Post.author)])
        comments = list(reversed(await post.awaitable_attrs.comments))
        post.comments = await post.awaitable_attrs.comments
        for comment in comments:
            await session.refresh(comment)
        print(post.title)


async def silent_each_is_asked_for_in_a_comprehension():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        comments = [comment for post in posts for comment in await post.awaitable_attrs.comments]
        print(sorted(posts, key=lambda post: post.id))


async def told_behind_a_refresh_by_name():
    async with maker() as session:
        comment = await session.get(Comment, 1)
        post = await comment.awaitable_attrs.post
        comments = await post.awaitable_attrs.comments
        await session.refresh(post, ["comments"])
        await session.refresh(comment)
        print([other.text for other in comments])


async def silent_deleted_from_the_collection():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = await post.awaitable_attrs.comments
        first = comments[0]
        del comments[0]
        await session.refresh(post)
        print(first.text)


async def silent_slice_that_moved():
    async with maker() as session:
        post = await session.get(Post, 1)
        other = await session.get(Post, 2)
        comments = await post.awaitable_attrs.comments
        last = comments[-1]
        (await other.awaitable_attrs.comments).extend(comments[1:])
        await session.commit()
        await session.refresh(post)
        print(last.text)


async def silent_moved_with_another():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = list(await post.awaitable_attrs.comments)
        other = Post(title="new", author_id=1, comments=comments + [Comment(text="new")])
        session.add(other)
        await session.commit()
        await session.refresh(post)
        print(comments[0].text)


async def silent_moved_twice():
    async with maker() as session:
        post = await session.get(Post, 1)
        comments = list(await post.awaitable_attrs.comments)
        other = Post(title="new", author_id=1, comments=[*comments, *comments])
        session.add(other)
        await session.commit()
        await session.refresh(post)
        print(comments[0].text)


async def silent_some_that_may_be_the_refreshed():
    async with maker() as session:
        comment = await session.get(Comment, 2)
        post = await comment.awaitable_attrs.post
        comments = [other for other in await post.awaitable_attrs.comments if other.id > 1]
        await session.refresh(comment)
        print([other.text for other in comments])


async def told_some_of_those_that_are_expired():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = [post for post in await user.awaitable_attrs.posts if post.id > 1]
        await session.refresh(user)
        print([post.title for post in posts])


async def silent_the_one_that_is_loaded():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        first = posts[0]
        await session.refresh(user)
        await session.refresh(first)
        print([post.title for post in posts if post is first])
        print(list(filter(lambda post: post is first and post.title, posts)))
        for post in posts:
            if post is first:
                print(post.title)


async def told_all_but_the_one_that_is_loaded():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        first = posts[0]
        await session.refresh(user)
        await session.refresh(first)
        print([post.title for post in posts if post is not first])


async def silent_owner_that_nothing_holds():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        del user
        user = await session.get(User, 1)
        await session.refresh(user)
        print(posts[0].title)


async def silent_name_of_a_comprehension():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        post = posts[0]
        ids = [post.id for post in posts]
        await session.refresh(user)
        await session.refresh(post)
        print(post.title, ids)


async def told_name_outside_of_a_lambda():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        post = posts[0]
        last = sorted(posts, key=lambda post: post.id)[-1]
        await session.refresh(user)
        print(post.title)


async def told_where_a_row_has_its_key():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        if user.id is not None and user.id > 0:
            print(posts[0].title)


async def silent_where_a_row_has_no_key():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        if not user.id or user.id == 0 or user.id is None:
            print(posts[0].title)


async def told_for_a_new_row_that_has_no_key_yet():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        post = Post(title="new", author_id=1)
        await session.refresh(user)
        if post.id is None:
            print(posts[0].title)


async def told_for_a_key_that_is_taken_away():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        await session.refresh(user)
        user.id = None
        if user.id is None:
            print(posts[0].title)


async def told_for_a_part_of_a_key_that_is_zero():
    async with maker() as session:
        user = await session.get(User, 1)
        posts = list(await user.awaitable_attrs.posts)
        slot = await session.get(Slot, (1, 0))
        await session.refresh(user)
        if not slot.position:
            print(posts[0].title)
